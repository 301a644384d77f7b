// The features of the command line, run by the program as it was installed from the registry.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installConsumer } from './package-manager.ts'
import { plainEnvironment, runProgram } from './run-program.ts'
import { printRow } from './table.ts'
import type { Trial } from './try-consumers.ts'

const CUCUMBER = [
  '--conditions=@catalog/source',
  '--import',
  'tsx',
  'node_modules/@cucumber/cucumber/bin/cucumber.js',
]

/** Installs the CLI alone, and has Cucumber start it for each command line of a feature. */
export async function tryFeatures(trial: Trial, tree: string, isShort: boolean): Promise<void> {
  const directory = mkdtempSync(join(trial.base, 'operator-'))
  const dependencies = { '@catalog/cli': 'latest' }
  const manifest = { name: 'operator', version: '1.0.0', private: true, dependencies }
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest))
  const { packages, ...installed } = await installConsumer('npm', directory, trial)
  const row = { consumer: 'operator', node: process.versions.node }
  printRow({ ...row, step: 'npm install', ...installed, packages: packages.length })
  const program = join(directory, 'node_modules/.bin/catalog')
  const profile = isShort ? 'installedShort' : 'installed'
  const { stdout, milliseconds } = await runProgram([process.execPath, ...CUCUMBER, '--profile', profile], {
    cwd: join(tree, 'apps/catalog-bdd'),
    env: { ...plainEnvironment(), CATALOG_PROGRAM: program },
  })
  const [, scenarios] = /^(\d+) scenarios \(/mu.exec(stdout) ?? []
  if (scenarios === undefined) throw new Error(`No scenario was run: ${stdout}`)
  printRow({ ...row, step: `features, ${scenarios} scenarios`, milliseconds })
}
