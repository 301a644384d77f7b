// What a package.json and a README say when they are packed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPublicPackages } from '../public-packages.ts'
import type { Publisher } from './publisher.ts'

/** What only this repository uses. */
const ONLY_HERE = ['scripts', 'devDependencies', 'tsup']
const LINK_OUT_OF_PACKAGE = /\]\((\.\.\/[^)]+)\)/g

/** Says in each package whose it is, and makes links that leave the package full ones. */
export function prepareManifests(stage: string, publisher: Publisher): void {
  const { repository, homepage, bugs, keywords, documents } = publisher
  for (const { directory } of readPublicPackages(stage)) {
    rewrite(join(stage, directory, 'package.json'), (text) => {
      const manifest: object = JSON.parse(text)
      const kept = Object.entries(manifest).filter(([field]) => !ONLY_HERE.includes(field))
      const home = { repository: { type: 'git', url: repository, directory }, homepage, bugs: { url: bugs } }
      return `${JSON.stringify({ ...Object.fromEntries(kept), ...home, keywords }, undefined, 2)}\n`
    })
    rewrite(join(stage, directory, 'README.md'), (text) =>
      text.replaceAll(LINK_OUT_OF_PACKAGE, (_, link) => `](${documents}/${join(directory, link)})`),
    )
  }
}

function rewrite(path: string, change: (text: string) => string): void {
  if (existsSync(path)) writeFileSync(path, change(readFileSync(path, 'utf8')))
}
