// What is installed with the packages: each licence must be compatible with GPL-3.0-or-later, and no version may have a
// known vulnerability, as far as the registry answers that question.
import { spawnSync } from 'node:child_process'

/** Of the FSF's list of licences that are compatible with GPLv3. */
const COMPATIBLE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'GPL-3.0-or-later',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
])

type Licences = Readonly<Record<string, readonly { readonly name: string }[]>>

interface Audit {
  readonly error?: { readonly code: string }
  readonly advisories?: Readonly<Record<string, { readonly module_name: string; readonly title: string }>>
}

const licences = askPnpm<Licences>('licenses', 'list')
const audit = askPnpm<Audit>('audit')
const problems = [...findIncompatible(licences), ...findVulnerable(audit)]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
const count = Object.values(licences).flat().length
console.log(`The licences of ${count} packages were checked. ${describeAudit(audit)}`)

function findIncompatible(found: Licences): readonly string[] {
  return Object.entries(found)
    .filter(([licence]) => !isCompatible(licence))
    .flatMap(([licence, packages]) => packages.map(({ name }) => `${name}: the licence ${licence}`))
}

/** An expression of SPDX: one of its choices must be compatible, with all of its parts. */
function isCompatible(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => COMPATIBLE.has(licence)))
}

function findVulnerable({ advisories = {} }: Audit): readonly string[] {
  return Object.values(advisories).map(({ module_name: name, title }) => `${name}: ${title}`)
}

function describeAudit({ error }: Audit): string {
  return error === undefined
    ? 'The registry was asked for advisories.'
    : `No advisories: the registry did not answer (${error.code}).`
}

function askPnpm<T>(...command: readonly string[]): T {
  const { stdout } = spawnSync('pnpm', [...command, '--prod', '--json'], { encoding: 'utf8' })
  return JSON.parse(stdout)
}
