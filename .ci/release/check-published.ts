// What a published package must be: small enough, with its home, and with no path of this repository in it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Registry } from './registry.ts'

/** Installed bytes that each package may have. */
const BUDGETS: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('budgets.json', import.meta.url), 'utf8'),
)
const ALWAYS = ['package.json', 'README.md', 'LICENSE']

/** Checks one package, and prints its bytes. Throws with all that is wrong. */
export function checkPublished(registry: Registry, name: string, version: string): void {
  const manifest = registry.manifestOf(`${name}@${version}`)
  const tarball = registry.tarballOf(`${name}@${version}`)
  const entries = readTar(tarball, ['--list', '--verbose']).map((line) => line.split(/\s+/))
  const files = entries.map((entry) => entry.at(-1)?.replace(/^package\//, '') ?? '')
  const text = readTar(tarball, ['--extract', '--to-stdout', 'package/README.md', 'package/package.json'])
  const bytes = entries.reduce((sum, [, , size]) => sum + Number(size), 0)
  const budget = BUDGETS[name] ?? 0
  const problems = [
    ...(bytes <= budget ? [] : [`${bytes} bytes, of which ${budget} are allowed`]),
    ...(manifest.repository === undefined ? ['no repository'] : []),
    ...ALWAYS.filter((file) => !files.includes(file)).map((file) => `no ${file}`),
    ...files.filter((file) => /\.(map|tsx?)$/.test(file) && !file.endsWith('.d.ts')),
    ...text.filter((line) => /workspace:|catalog:"|@catalog\/source|\]\(\.\.\//.test(line)),
  ]
  if (problems.length > 0) throw new Error(`${name}@${version}: ${problems.join('; ')}`)
  console.log(`  ${name}: ${tarball.length} bytes packed, ${bytes} of at most ${budget} installed`)
}

function readTar(tarball: Buffer, args: readonly string[]): readonly string[] {
  return execFileSync('tar', ['--gzip', '--file=-', ...args], { input: tarball })
    .toString()
    .trim()
    .split('\n')
}
