/** What a change gives of an entry beside its text, as columns of `entries` and the types in which JSON gives them. */
const DERIVED: Readonly<Record<string, string>> = {
  state: 'text',
  name: 'text',
  name_order: 'hex',
  digest: 'text',
  source_key: 'hex',
  file_key: 'hex',
  location_key: 'hex',
  architecture_key: 'hex',
  quantisation_key: 'hex',
  parameters: 'double precision',
  size: 'double precision',
  registered: 'double precision',
  verified: 'double precision',
  tags: 'text[]',
  search: 'text',
}
/** The names of the columns. */
export const COLUMNS: readonly string[] = Object.keys(DERIVED)
/** As a record of JSON has them. */
export const GIVEN: readonly string[] = Object.entries(DERIVED).map(
  ([name, type]) => `${name} ${type === 'hex' ? 'text' : type}`,
)
/** The values of the columns from a record `c` of JSON. */
export const VALUES: readonly string[] = Object.entries(DERIVED).map(([name, type]) =>
  type === 'hex' ? `decode(c.${name}, 'hex')` : `c.${name}`,
)
/** As parameters of a function. */
export const PARAMETERS: readonly string[] = Object.entries(DERIVED).map(
  ([name, type]) => `c_${name} ${type === 'hex' ? 'bytea' : type}`,
)
/** The values for those parameters, from the parameters of a statement that has them from `$first` on, bytes in hexadecimal. */
export function toArguments(first: number): readonly string[] {
  return Object.values(DERIVED).map((type, index) => {
    const given = `$${first + index}`
    return type === 'hex' ? `decode(${given}, 'hex')` : given
  })
}
