// PARTICIPANT root: works on a catalog as it is told, one JSON line each way:
// {"number":1,"command":"register","args":[…]} → {"number":1,"value":…} or {"number":1,"error":{…}}
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import {
  type Attribution,
  type Catalog,
  type CommittedChange,
  isCatalogError,
  openCatalog,
} from 'model-catalog'

type Command = (catalog: Catalog, ...args: readonly never[]) => Promise<unknown>

const COMMANDS: Readonly<Record<string, Command>> = {
  ready: async () => true,
  register: (catalog, ...args: Parameters<Catalog['register']>) => catalog.register(...args),
  verify: (catalog, id: string, path: string | null, options?: Attribution) =>
    catalog.verify(id, path ?? undefined, options),
  setState: (catalog, ...args: Parameters<Catalog['setState']>) => catalog.setState(...args),
  get: async (catalog, ...args: Parameters<Catalog['get']>) => (await catalog.get(...args)) ?? null,
  list: (catalog, ...args: Parameters<Catalog['list']>) => catalog.list(...args),
  modelPath: (catalog, ...args: Parameters<Catalog['modelPath']>) => catalog.modelPath(...args),
  changes: (catalog, since?: number) => catalog.history.changes(since),
  watch: async (catalog, since: number | null) => {
    watching = catalog.watch(since === null ? {} : { since })
    // From now on means from here, also if the first change is asked for later.
    if (since === null) await catalog.refresh()
  },
  nextChange: async () => (await watching?.next())?.value ?? null,
  download: async (catalog, id: string, base64: string) =>
    writeFile(await catalog.modelPath(id), Buffer.from(base64, 'base64')),
}

let watching: AsyncIterator<CommittedChange> | undefined
const [root] = process.argv.slice(2)
await using catalog = await openCatalog({ root })
const running = new Set<Promise<void>>()
for await (const line of createInterface({ input: process.stdin })) {
  const call = answer(JSON.parse(line)).finally(() => running.delete(call))
  running.add(call)
}
await Promise.all(running)

async function answer({ number, command, args }: Call): Promise<void> {
  try {
    const run = COMMANDS[command]
    if (run === undefined) throw new Error(`there is no command ${command}`)
    const value = (await run(catalog, ...(args as never[]))) ?? null
    console.log(JSON.stringify({ number, value }))
  } catch (error) {
    const shown = isCatalogError(error) ? error.toJSON() : { message: String(error) }
    console.log(JSON.stringify({ number, error: shown }))
  }
}

interface Call {
  readonly number: number
  readonly command: string
  readonly args: readonly unknown[]
}
