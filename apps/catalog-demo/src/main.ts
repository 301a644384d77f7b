import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog } from 'model-catalog'
import { type ModelServer, startModelServer } from './model-server.ts'
import { type Program, startProgram } from './programs.ts'

const GOOD_MIB = 200
const DAMAGED_MIB = 50
const ACKNOWLEDGED_BEFORE_KILL = 40
const LINES_SHOWN = 36

const startedAt = performance.now()
const root = await mkdtemp(join(tmpdir(), 'model-catalog-demo-'))
const server = await startModelServer()
try {
  await showProvisioning(server)
  await showFailure()
  await showKill()
  await showCatalog()
} finally {
  await server.close()
  await rm(root, { recursive: true })
}
console.log(
  `\nDone in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; the temporary directory is removed.`,
)

async function showProvisioning({ url, digestOf }: ModelServer): Promise<void> {
  title('1. A provisioner downloads two models while an orchestrator, another process, watches')
  const orchestrator = start('orchestrator', [root, 'llama-3.1-8b-instruct', 'mistral-7b-instruct'])
  const good = start('provisioner', [
    root,
    'llama-3.1-8b-instruct',
    `${url}/${GOOD_MIB}/good.gguf`,
    digestOf(GOOD_MIB),
  ])
  await expectExit(good, 0)
  const damaged = start('provisioner', [
    root,
    'mistral-7b-instruct',
    `${url}/${DAMAGED_MIB}/damaged.gguf`,
    digestOf(DAMAGED_MIB),
  ])
  await expectExit(damaged, 0)
  await expectExit(orchestrator, 0)
}

async function showFailure(): Promise<void> {
  title('2. The second model arrived with one bit flipped: it is Failed, and says why')
  await using catalog = await openCatalog({ root })
  const entry = await catalog.get('mistral-7b-instruct')
  if (entry?.failure === undefined) throw new Error('the damaged model was not found out')
  console.log(`state     ${entry.state}`)
  console.log(`reason    ${entry.failure.reason}`)
  console.log(`expected  ${entry.failure.expected}`)
  console.log(`found     ${entry.failure.found}`)
}

async function showKill(): Promise<void> {
  title('3. A provisioner is killed with SIGKILL in the middle of registering')
  const acknowledged: string[] = []
  const registrar = startProgram('./registrar.ts', [root], (id) => {
    acknowledged.push(id)
    if (acknowledged.length === ACKNOWLEDGED_BEFORE_KILL) registrar.process.kill('SIGKILL')
  })
  await expectExit(registrar, 'SIGKILL')
  await using catalog = await openCatalog({ root })
  const present = new Set((await catalog.list()).map(({ id }) => String(id)))
  const missing = acknowledged.filter((id) => !present.has(id))
  console.log(`acknowledged ${acknowledged.length}, missing ${missing.length}`)
  if (missing.length > 0) throw new Error(`acknowledged registrations are missing: ${missing.join(', ')}`)
}

async function showCatalog(): Promise<void> {
  title('4. The table, and catalog.json as any other program reads it')
  const rows = startProgram(
    '../../catalog-cli/src/main.ts',
    ['ls', '--limit', '8', '--root', root],
    console.log,
  )
  await expectExit(rows, 0)
  const view = await readFile(join(root, 'catalog.json'), 'utf8')
  const lines = view.trimEnd().split('\n')
  console.log(`\ncatalog.json, the first ${LINES_SHOWN} of its ${lines.length} lines:`)
  console.log(lines.slice(0, LINES_SHOWN).join('\n'))
}

function start(name: string, args: readonly string[]): Program {
  return startProgram(`./${name}.ts`, args, (line) => console.log(`${name.padEnd(12)} | ${line}`))
}

async function expectExit(program: Program, expected: number | string): Promise<void> {
  const ended = await program.ended
  if (ended !== expected) throw new Error(`a program ended with ${ended} where ${expected} was expected`)
}

function title(text: string): void {
  console.log(`\n── ${text}`)
}
