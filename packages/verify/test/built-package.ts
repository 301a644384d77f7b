import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const VERIFY = fileURLToPath(new URL('..', import.meta.url))
const TYPES = realpathSync(join(VERIFY, 'node_modules/@catalog/types'))

/** Builds the package and that of its types, and puts them below this directory as an installation does. */
export function installBuiltPackage(directory: string): void {
  const modules = join(directory, 'node_modules')
  install(TYPES, join(modules, '@catalog/types'))
  install(VERIFY, join(modules, '@catalog/verify'))
  symlinkSync(realpathSync(join(VERIFY, 'node_modules/hash-wasm')), join(modules, 'hash-wasm'))
}

/** By the commands of its own build script, but for the declarations, which nothing runs and which take long. */
function install(source: string, target: string): void {
  mkdirSync(target, { recursive: true })
  copyFileSync(join(source, 'package.json'), join(target, 'package.json'))
  const { scripts } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  for (const command of scripts.build.split(' && ')) {
    const [program, ...options] = command.split(' ').filter((word: string) => word !== '--dts')
    const args = [...options, '--out-dir', join(target, 'dist')]
    execFileSync(join(source, 'node_modules/.bin', program), args, { cwd: source, stdio: 'pipe' })
  }
}
