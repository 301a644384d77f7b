// `pnpm demo:fleet`: two machines and one catalog in a database, told in under a minute.
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Catalog, isCatalogError, openCatalog } from 'model-catalog'
import { type FleetDatabase, openFleetDatabase } from './fleet-database.ts'
import { type ModelServer, startModelServer } from './model-server.ts'
import { type Program, startProgram } from './programs.ts'

const MODEL = 'llama-3.1-8b-instruct'
const SIZE_MIB = 64

const startedAt = performance.now()
const database = await openFleetDatabase()
if (database === undefined) {
  console.log(
    'SKIPPED: no PostgreSQL. Install it, or set DATABASE_URL to a database that this may create a schema in.',
  )
} else await showFleet(database)

async function showFleet({ url: store, description, close }: FleetDatabase): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'model-catalog-fleet-'))
  const server = await startModelServer()
  const [rootA, rootB] = [join(directory, 'machine-a'), join(directory, 'machine-b')]
  try {
    console.log(`One catalog in ${description}; machine A and machine B each have a directory of their own.`)
    await using a = await openCatalog({ root: rootA, store, node: 'machine-a' })
    await using b = await openCatalog({ root: rootB, store, node: 'machine-b' })
    await showFirstCopy(a, server, { store, root: rootA })
    await showSecondCopy(b, { store, root: rootB })
    await showDamage(a, b)
    await showWhatTheDatabaseSays({ store, root: rootB })
  } finally {
    await server.close()
    await close()
    await rm(directory, { recursive: true })
  }
  console.log(`\nDone in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; nothing of it is left.`)
}

interface Machine {
  readonly store: string
  readonly root: string
}

async function showFirstCopy(a: Catalog, { url, digestOf }: ModelServer, machine: Machine): Promise<void> {
  title('1. Machine A registers a model; its provisioner downloads it, and its bytes are verified')
  const source = `${url}/${SIZE_MIB}/good.gguf`
  await a.register({ id: MODEL, source, digest: digestOf(SIZE_MIB) })
  await provision('machine-a', machine)
  await tellUse('machine A', a)
}

async function showSecondCopy(b: Catalog, machine: Machine): Promise<void> {
  title('2. Machine B wants it too: Active in the catalog is not enough, its own bytes have to be read')
  await tellUse('machine B', b)
  await provision('machine-b', machine)
  await tellUse('machine B', b)
}

async function showDamage(a: Catalog, b: Catalog): Promise<void> {
  title('3. One bit of the copy on machine A changes; an audit of machine A finds it')
  await flipBit(await a.modelPath(MODEL))
  const { wrong } = await a.upkeep.audit()
  for (const { id, code } of wrong) console.log(`audit of machine A: ${id} is wrong [${code}]`)
  if (wrong.length !== 1) throw new Error('the audit did not find the damage')
  const served = await findUse(a)
  if (served.path !== undefined) throw new Error('machine A serves wrong bytes')
  await tellUse('machine A', a)
  await tellUse('machine B', b)
}

async function showWhatTheDatabaseSays({ store, root }: Machine): Promise<void> {
  title('4. What happened, by the history that both machines share')
  const program = startProgram(
    '../../catalog-cli/src/main.ts',
    ['history', MODEL, '--root', root],
    console.log,
    { CATALOG_STORE: store, CATALOG_NODE: 'machine-b' },
  )
  await expectExit(program, 0)
}

async function provision(node: string, { store, root }: Machine): Promise<void> {
  const program = startProgram(
    '../../model-provisioner/src/main.ts',
    ['job', MODEL, '--root', root, '--allow-private', '--holder', node],
    (line) => console.log(`provisioner of ${node} | ${line}`),
    { CATALOG_STORE: store, CATALOG_NODE: node },
  )
  await expectExit(program, 0)
}

async function tellUse(name: string, catalog: Catalog): Promise<void> {
  const { state } = (await catalog.get(MODEL)) ?? {}
  const { path, problem } = await findUse(catalog)
  console.log(
    `${name}: the catalog says ${state}; ${path === undefined ? `not served here: ${problem}` : `served here from ${path}`}`,
  )
}

async function findUse(catalog: Catalog): Promise<{ readonly path?: string; readonly problem?: string }> {
  try {
    const { path } = await catalog.resolve(MODEL)
    return { path }
  } catch (error) {
    if (!isCatalogError(error)) throw error
    return { problem: error.message }
  }
}

async function flipBit(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  const position = (SIZE_MIB << 20) / 2
  await file.read(byte, 0, 1, position)
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, position)
  await file.close()
}

async function expectExit(program: Program, expected: number): Promise<void> {
  const ended = await program.ended
  if (ended !== expected) throw new Error(`a program ended with ${ended} where ${expected} was expected`)
}

function title(text: string): void {
  console.log(`\n── ${text}`)
}
