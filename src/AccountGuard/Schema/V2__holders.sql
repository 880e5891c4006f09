-- A holder is named by one of its numbers; only the others stand in holder. (The one stood there too, as its own.)
delete from holder where number_key = holder_key;

-- Mappings that clash are found by the holder's numbers: see clashes_of.
drop index renumbering_new;
