/** Names of the API by names of the disk. */
export type KeyMap = ReadonlyMap<string, string>

type JsonObject = Record<string, unknown>

/** Renames checked fields and gathers under `extra`, unread, those of the wire that the map does not know. */
export function toApiKeys(checked: object, wire: object | null | undefined, map: KeyMap): JsonObject {
  const api: JsonObject = {}
  addKnown(api, checked, map)
  addExtra(api, wire ?? {}, map)
  return api
}

/** The inverse of {@link toApiKeys}: known keys in the order of the map, then the unknown ones as they came. */
export function toWireKeys(api: { readonly extra?: object }, map: KeyMap): JsonObject {
  const wire: JsonObject = {}
  addRenamed(wire, api, map)
  addUnknown(wire, api.extra, map)
  return wire
}

/** Of fields that the map knows, adds those that are there; `null` is what other languages write for one that is not. */
export function addKnown(api: JsonObject, checked: object, map: KeyMap): void {
  const source = checked as Readonly<JsonObject>
  for (const [key, name] of map) {
    const value = source[key]
    if (value !== undefined && value !== null) api[name] = value
  }
}

export function addExtra(api: JsonObject, wire: object, map: KeyMap): void {
  let extra: JsonObject | undefined
  for (const key of Object.keys(wire)) {
    if (map.has(key)) continue
    extra ??= Object.create(null) as JsonObject
    setField(extra, key, Reflect.get(wire, key))
  }
  if (extra !== undefined) api['extra'] = extra
}

/** The inverse of {@link addKnown}. */
export function addRenamed(wire: JsonObject, api: object, map: KeyMap): void {
  const source = api as Readonly<JsonObject>
  for (const [key, name] of map) {
    const value = source[name]
    if (value !== undefined) wire[key] = value
  }
}

/** The inverse of {@link addExtra}. An unknown field never stands in for a known one. */
export function addUnknown(wire: JsonObject, extra: object | undefined, map: KeyMap): void {
  if (extra === undefined) return
  for (const [key, value] of Object.entries(extra)) {
    if (!map.has(key)) setField(wire, key, value)
  }
}

/** Assignment would take a field called `__proto__` for the prototype. */
function setField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
