namespace AccountGuard.Pages;

/// <summary>
/// The texts of all pages. What the code says in English is the key; Texts.ja.resx says it in Japanese.
/// </summary>
public sealed class Texts;
