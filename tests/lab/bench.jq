# The table of tests/bench from its rows: see row() in bench.bash for their keys.
def spaces(n): if n > 0 then " " * n else "" end;
def left: . as [$text, $width] | $text + spaces($width - ($text | length));
def right: . as [$text, $width] | spaces($width - ($text | length)) + $text;

# Three digits are all that such a measurement has.
def number: if . >= 100 then round elif . >= 10 then (. * 10 | round) / 10
    else (. * 100 | round) / 100 end | tostring;
def ms: (. / 1000 | number) + " ms";
def mib: (. / 1024 | number) + " MiB";

def cells:
    [.davit, .other, (.a.median | ms), (.b.median | ms),
        (if .unit == "ms" then .value | ms else .value | number end), (.n | tostring),
        (if .aim == null then "" elif .unit == "ms" then "< " + (.aim * 1000 | ms)
            else "≤ " + (.aim | tostring) end),
        (if .reached == null then "" elif .reached then "yes" else "NO" end),
        (.a.rss | mib), (.b.rss | mib)];

def value_cells:
    [.what, (.value | number) + (if .unit == "" then "" else " " + .unit end), (.n | tostring),
        (if .aim == null then "" else "≤ " + (.aim | tostring) end),
        (if .reached == null then "" elif .reached then "yes" else "NO" end)];

# The first `$names` columns are left-aligned.
def lines($names):
    . as $table
    | [range($table[0] | length) as $i | [$table[][$i] | length] | max] as $widths
    | $table[]
    | [to_entries[] | [.value, $widths[.key]]]
    | [to_entries[] | if .key < $names then .value | left else .value | right end]
    | join("  ") | sub(" +$"; "");

def of_pairs: map(select(.kind != "value"));
def of_values: map(select(.kind == "value"));

($rows | of_pairs | if length == 0 then empty else
    [["davit …", "compared with", "davit", "other", "ratio", "n", "aim", "reached", "memory",
        "other's"],
    (.[] | cells)] | lines(2) end),
($rows | of_values | if length == 0 then empty else
    [["by itself", "", "n", "aim", "reached"], (.[] | value_cells)] | lines(1) end)
