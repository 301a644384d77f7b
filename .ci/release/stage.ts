// A copy of the tree in which versions are set and from which packages are published, so that the tree itself stays clean.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type PublicPackage, readPublicPackages } from '../public-packages.ts'
import { runProgram } from './run-program.ts'

/** Copies what git tracks or would track, and the builds of the public packages, to a repository of its own. */
export function copyTree(tree: string, stage: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: tree,
  })
  for (const path of listed.toString().split('\0')) {
    if (path !== '' && existsSync(join(tree, path))) cpSync(join(tree, path), join(stage, path))
  }
  for (const { directory } of readPublicPackages(tree)) {
    cpSync(join(tree, directory, 'dist'), join(stage, directory, 'dist'), { recursive: true })
  }
  linkPackages(stage)
  git(stage, 'init', '--quiet', '--initial-branch=main')
  commit(stage, 'As it is')
}

/** Sets the versions that the pending changesets ask for. */
export async function setVersions(tree: string, stage: string): Promise<void> {
  await runProgram([join(tree, 'node_modules/.bin/changeset'), 'version'], { cwd: stage })
  commit(stage, 'Versions')
}

/** Adds a changeset for one package. */
export function addChangeset(stage: string, name: string, text: string): void {
  writeFileSync(join(stage, '.changeset/one-more.md'), `---\n'${name}': patch\n---\n\n${text}\n`)
  commit(stage, 'A change')
}

/** pnpm reads the versions that stand for `workspace:` from here. */
function linkPackages(stage: string): void {
  const packages = readPublicPackages(stage)
  const directoryOf = (name: string): PublicPackage | undefined => packages.find((each) => each.name === name)
  for (const { directory, uses } of packages) {
    for (const used of uses) {
      const link = join(stage, directory, 'node_modules', used)
      rmSync(link, { recursive: true, force: true })
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(stage, directoryOf(used)?.directory ?? ''), link)
    }
  }
}

function commit(stage: string, message: string): void {
  git(stage, 'add', '--all')
  const who = ['-c', 'user.name=release', '-c', 'user.email=release@localhost', '-c', 'commit.gpgsign=false']
  git(stage, ...who, 'commit', '--allow-empty', '--quiet', '--message', message)
}

function git(directory: string, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}
