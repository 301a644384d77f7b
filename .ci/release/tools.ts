// The programs that try the packages: versions of Node.js, bundlers, yarn and the TypeScript compiler.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installNode, listOtherMajors } from '../node-versions.ts'
import { BUNDLERS } from './bundles.ts'
import { writeNpmrc } from './package-manager.ts'
import { runProgram } from './run-program.ts'
import type { Trial } from './try-consumers.ts'

const YARN = { '@yarnpkg/cli-dist': '4' }

/** Installs what the long form needs; the short one has all in the tree. */
export async function installTools(
  place: { readonly base: string; readonly registry: string },
  tree: string,
  isShort: boolean,
): Promise<Omit<Trial, 'base' | 'registry'>> {
  const compiler = join(tree, 'node_modules/typescript/bin/tsc')
  const running = new Map([[process.versions.node, process.execPath]])
  if (isShort) {
    const resolutions = ['nodenext'] as const
    return { managers: ['npm'], nodes: running, bundlers: [], compiler, resolutions, tools: '', yarn: '' }
  }
  const tools = join(place.base, 'tools')
  const modules = join(tools, 'node_modules')
  mkdirSync(tools)
  writeNpmrc(tools, place)
  const dependencies = { ...BUNDLERS, ...YARN }
  writeFileSync(join(tools, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await runProgram(['npm', 'install', '--ignore-scripts', '--install-strategy=hoisted'], { cwd: tools })
  for (const major of listOtherMajors()) {
    const directory = join(place.base, `node-${major}`)
    mkdirSync(directory)
    writeNpmrc(directory, place)
    const { version, program } = await installNode(directory, major)
    running.set(version, program)
  }
  return {
    managers: ['npm', 'pnpm', 'yarn'],
    nodes: running,
    bundlers: ['esbuild', 'rollup', 'webpack'],
    compiler,
    resolutions: ['nodenext', 'bundler'],
    tools,
    yarn: join(modules, '@yarnpkg/cli-dist/bin/yarn.js'),
  }
}
