// node --conditions=@catalog/source --import tsx packages/store-fs/torture/main.ts [name…] [--short]
// Plays the named runs, or all, one after another. SEED=n plays the same choices again.
import { parseArgs } from 'node:util'
import { createStage, lacks } from '@catalog/testkit/running'
import { playRun, TORTURE_RUNS, type TortureName } from './runs.ts'
import { Workspace } from './workspace.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { short: { type: 'boolean' } } })
const isShort = values.short === true
const names = Object.keys(TORTURE_RUNS) as TortureName[]
const unknown = positionals.filter((name) => !names.includes(name as TortureName))
if (unknown.length > 0) {
  console.error(`no such run: ${unknown.join(', ')}. There are ${names.join(', ')}`)
  process.exit(2)
}

process.on('exit', createStage())
for (const name of names.filter((name) => positionals.length === 0 || positionals.includes(name))) {
  const { needs } = TORTURE_RUNS[name]
  if (lacks(...needs)) console.warn(`${name}: SKIPPED, needs ${needs.join(', ')}`)
  else await play(name)
}

async function play(name: TortureName): Promise<void> {
  const workspace = await Workspace.open()
  // Mounts and processes must not outlive a run that is interrupted.
  const callOff = (): void => {
    workspace[Symbol.asyncDispose]().finally(() => process.exit(130))
  }
  process.on('SIGINT', callOff).on('SIGTERM', callOff)
  try {
    const { line, report } = await playRun(name, { workspace, isShort })
    console.info(line)
    for (const problem of report.breaks.slice(0, 20)) console.error(`  BROKEN ${problem}`)
    if (report.breaks.length > 0) process.exitCode = 1
  } finally {
    process.off('SIGINT', callOff).off('SIGTERM', callOff)
    await workspace[Symbol.asyncDispose]()
  }
}
