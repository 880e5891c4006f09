// The recommended rules, but for what the renderer and the standard decide.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Razor closes void elements whose attributes it writes, no others, and leaves the indentation of its files.
    "void-style": "off",
    "no-trailing-whitespace": "off",
    // By the standard a button of a form submits it, and here each of them does.
    "no-implicit-button-type": "off",
    // Papers are ticked under one name, as the standard has it.
    "form-dup-name": ["error", { shared: ["radio", "checkbox"] }],
  },
};
