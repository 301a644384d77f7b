// What a package.json says when it is packed.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPublicPackages } from './public-packages.ts'

/** Leaves out what only this repository uses. */
export function prepareManifests(stage: string): void {
  for (const { directory } of readPublicPackages(stage)) {
    const path = join(stage, directory, 'package.json')
    const {
      scripts: _scripts,
      devDependencies: _devDependencies,
      ...manifest
    } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`)
  }
}
