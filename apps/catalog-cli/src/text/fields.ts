/** `name  value` lines with the values under each other; a value of several lines keeps its column. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(0, ...fields.map(([name]) => name.length)) + 2
  return fields.flatMap(([name, value]) =>
    value.split('\n').map((line, index) => `${(index === 0 ? name : '').padEnd(width)}${line}`.trimEnd()),
  )
}
