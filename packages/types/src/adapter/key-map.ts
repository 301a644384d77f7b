/** Names of the API by names of the disk. */
export type KeyMap = ReadonlyMap<string, string>

/** The fields of an object on disk, and which of them hold objects with fields of their own. */
export interface WireShape {
  readonly keys: KeyMap
  /** By the name on disk. */
  readonly inner: ReadonlyMap<string, InnerShape>
}

/** The value of a field: one object, a list of them, or objects by keys that are not field names. */
export interface InnerShape {
  readonly holds: 'one' | 'list' | 'by-key'
  readonly shape: WireShape
}

type JsonObject = Record<string, unknown>

export function shapeOf(
  keys: Readonly<Record<string, string>>,
  inner: Readonly<Record<string, InnerShape>> = {},
): WireShape {
  return { keys: new Map(Object.entries(keys)), inner: new Map(Object.entries(inner)) }
}

export function one(shape: WireShape): InnerShape {
  return { holds: 'one', shape }
}

export function listOf(shape: WireShape): InnerShape {
  return { holds: 'list', shape }
}

export function byKey(shape: WireShape): InnerShape {
  return { holds: 'by-key', shape }
}

/**
 * Of fields that the shape knows, adds those that are there; `null` is what other languages write for one that is not.
 * @param wire what was checked: only there are the unknown fields.
 */
export function addKnown(api: JsonObject, checked: object, wire: object, { keys, inner }: WireShape): void {
  const source = checked as Readonly<JsonObject>
  for (const [key, name] of keys) {
    const value = source[key]
    if (value === undefined || value === null) continue
    const held = inner.get(key)
    api[name] = held === undefined ? value : toApiValue(value, Reflect.get(wire, key), held)
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
export function addRenamed(wire: JsonObject, api: object, { keys, inner }: WireShape): void {
  const source = api as Readonly<JsonObject>
  for (const [key, name] of keys) {
    const value = source[name]
    if (value === undefined) continue
    const held = inner.get(key)
    wire[key] = held === undefined ? value : toWireValue(value, held)
  }
}

/** The inverse of {@link addExtra}. An unknown field never stands in for a known one. */
export function addUnknown(wire: JsonObject, extra: object | undefined, map: KeyMap): void {
  if (extra === undefined) return
  for (const [key, value] of Object.entries(extra)) {
    if (!map.has(key)) setField(wire, key, value)
  }
}

function toApiValue(checked: unknown, wire: unknown, { holds, shape }: InnerShape): unknown {
  const convert = (value: unknown, key: PropertyKey): JsonObject =>
    toApiObject(value as object, Reflect.get(wire as object, key), shape)
  if (holds === 'one') return toApiObject(checked as object, wire as object, shape)
  if (holds === 'list') return (checked as readonly unknown[]).map(convert)
  return mapValues(checked as Readonly<JsonObject>, convert)
}

function toApiObject(checked: object, wire: object, shape: WireShape): JsonObject {
  const api: JsonObject = {}
  addKnown(api, checked, wire, shape)
  addExtra(api, wire, shape.keys)
  return api
}

function toWireValue(api: unknown, { holds, shape }: InnerShape): unknown {
  const convert = (value: unknown): JsonObject => toWireObject(value as { extra?: object }, shape)
  if (holds === 'one') return convert(api)
  if (holds === 'list') return (api as readonly unknown[]).map(convert)
  return mapValues(api as Readonly<JsonObject>, convert)
}

/** Known keys in the order of the shape, then the unknown ones as they came. */
function toWireObject(api: { readonly extra?: object }, shape: WireShape): JsonObject {
  const wire: JsonObject = {}
  addRenamed(wire, api, shape)
  addUnknown(wire, api.extra, shape.keys)
  return wire
}

function mapValues(
  values: Readonly<JsonObject>,
  map: (value: unknown, key: string) => JsonObject,
): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]))
}

/** Assignment would take a field called `__proto__` for the prototype. */
function setField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
