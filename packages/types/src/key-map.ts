/** Names of the API by names of the disk. */
export type KeyMap = Readonly<Record<string, string>>

type JsonObject = Readonly<Record<string, unknown>>

/** Renames the keys that the map knows and gathers all others, unread, under `extra`. */
export function toApiKeys(wire: JsonObject, map: KeyMap): Record<string, unknown> {
  const api: Record<string, unknown> = {}
  const extra: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(wire)) {
    const name = Object.hasOwn(map, key) ? map[key] : undefined
    if (name === undefined) setField(extra, key, value)
    else if (value !== undefined) api[name] = value
  }
  if (Object.keys(extra).length > 0) api['extra'] = extra
  return api
}

/** The inverse of {@link toApiKeys}: known keys in the order of the map, then the unknown ones as they came. */
export function toWireKeys(api: object, map: KeyMap): Record<string, unknown> {
  const source: JsonObject = { ...api }
  const wire: Record<string, unknown> = {}
  for (const [key, name] of Object.entries(map)) {
    if (source[name] !== undefined) wire[key] = source[name]
  }
  for (const [key, value] of Object.entries(source['extra'] ?? {})) {
    // An unknown field never stands in for a known one.
    if (!Object.hasOwn(map, key)) setField(wire, key, value)
  }
  return wire
}

/** Assignment would take a field called `__proto__` for the prototype. */
function setField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
