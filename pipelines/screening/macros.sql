-- What a raw value must look like, and how its text is read. `raw` is the JSON text of a value
-- (strings with their quotes) or the text of a cell; a pattern always covers the whole of it.
create or replace macro fits(raw, pattern) as regexp_full_match(raw, pattern)
;
-- An id as JSON text, in a line that is known to be printable ASCII.
create or replace macro is_json_id(raw) as (
        strlen(raw) between 3 and 130 and starts_with(raw, '"') and not contains(raw, ' ')
    )
;
create or replace macro json_text(raw) as substr(raw, 2, strlen(raw) - 2)
;
create or replace macro given(raw) as nullif(raw, 'null')
;
create or replace macro is_given(raw) as (raw is not null and raw <> 'null')
;
create or replace macro read_text(text) as text
;
create or replace macro read_money(text) as try_cast(text as decimal(28, 8))
;
create or replace macro read_rate(text) as try_cast(text as decimal(38, 18))
;
create or replace macro read_integer(text) as try_cast(text as integer)
;
create or replace macro read_boolean(text) as text = 'true'
;
-- A plain cast of a text to TIMESTAMP drops its offset, so only `Z` may go that way.
create or replace macro read_instant(text) as (
        case
            when ends_with(text, 'Z')
            then try_cast(left(text, -1) as timestamp)
            else timezone('UTC', try_cast(text as timestamptz))
        end
    )
;
create or replace macro is_instant(value) as (
        value >= timestamp '2000-01-01' and value < timestamp '2101-01-01'
    )
;
-- Secrets are looked for in values too: the cheap test first, for most lines hold none.
create or replace macro holds_secret(text) as (
        case
            when contains(text, 'k_') or contains(text, 'whsec_')
            then regexp_matches(text, '(^|[^A-Za-z0-9_])(pk|sk|whsec)_[A-Za-z0-9]')
            else false
        end
    )
;
-- Text that may spell a JSON container, with names of its own, goes to the models.
create or replace macro holds_nothing_hidden(text) as (
        not holds_secret(text) and not contains(text, '{') and not contains(text, '[')
    )
;
-- A CASE looks at the second test only where it must; OR would run it on every line.
create or replace macro is_plain(known_plain, line) as (
        case when known_plain then true else regexp_full_match(line, '[ -\[\]-~\r\n]*') end
    )
;
-- Bytes of a line without its line end.
create or replace macro line_bytes(line) as (
        strlen(line) - case
            when ends_with(line, chr(13) || chr(10)) then 2 when ends_with(line, chr(10)) then 1 else 0
        end
    )
;
create or replace macro spaces_in(text) as (
        case when contains(text, ' ') then strlen(text) - strlen(replace(text, ' ', '')) else 0 end
    )
;
-- Whether a line is its members and nothing else: no member besides, none twice, no comma too many.
-- No value is shorter in the line than as it was read, so equal bytes leave room for nothing.
-- Between members there may be spaces; `texts` are the values that may hold some themselves.
create or replace macro is_whole(line, compact_bytes, texts) as (
        case
            when line_bytes(line) = compact_bytes
            then true
            else line_bytes(line) - spaces_in(line) = compact_bytes - spaces_in(texts)
        end
    )
;
-- `"name":value,` in bytes, where the name is there at all; `size` counts all but the value.
create or replace macro member_bytes(raw, size) as coalesce(size + strlen(raw), 0)
;
create or replace macro is_member(raw) as cast(raw is not null as integer)
;
-- A field nobody declared may hold any scalar; what it holds is dropped. Of numbers only those that
-- no shorter text reads as: `1e9` reads as `1000000000.0`, which would hide bytes of the line.
create or replace macro is_scalar(raw) as (
        raw is null
        or regexp_matches(
            raw,
            '^("[^"]*"|true|false|null|-?([0-9]{1,18}|0[.]0|[0-9]*[1-9][.]0|[1-9][0-9]*[.][0-9]*[1-9]|0[.]0?[1-9]([0-9]*[1-9])?))$'
        )
    )
;
-- Rules between two fields of one record, as the contracts name them.
create or replace macro null_while_true(value, flag) as (
        not (flag and value is not null)
    )
;
create or replace macro later_than(value, start_at) as (
        value is null or start_at is null or value > start_at
    )
;
