/** Room `format`: the bytes: names, records, checksums, limits. */

// The bytes of JSON's punctuation in UTF-8.
export const LINE_FEED = 0x0a
export const SPACE = 0x20
export const QUOTATION_MARK = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPENING_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const CLOSING_BRACKET = 0x5d
export const OPENING_BRACE = 0x7b
export const CLOSING_BRACE = 0x7d
