// `pnpm run docs`: a site of all that the public packages export, with the pages of `docs/`, in `site/`. Fails if an export
// has no doc comment, or if a comment links to what does not exist. With --check it writes nothing.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, type ProjectReflection, ReflectionKind } from 'typedoc'
import { listEntryPoints, listPublicPackages } from './public-packages.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const app = await Application.bootstrap({
  name: 'model-catalog',
  entryPoints: listPublicPackages().flatMap((directory) =>
    listEntryPoints(directory).map((source) => join(ROOT, directory, source)),
  ),
  tsconfig: join(ROOT, '.ci/tsconfig.docs.json'),
  readme: join(ROOT, 'README.md'),
  projectDocuments: [join(ROOT, 'docs/*.md')],
  out: join(ROOT, 'site'),
  // The sources have no public address yet.
  disableSources: true,
  excludePrivate: true,
  packagesRequiringDocumentation: listPublicPackages().map(readName),
  requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Method', 'Accessor'],
  validation: { notExported: false, invalidLink: true, invalidPath: false, notDocumented: true },
  treatValidationWarningsAsErrors: true,
  treatWarningsAsErrors: true,
})
const project = await app.convert()
if (project !== undefined) {
  nameModules(project)
  app.validate(project)
}
if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1)
if (!process.argv.includes('--check')) await app.generateOutputs(project)

/** By the name that a program imports, not by the directory of the sources. */
function nameModules(all: ProjectReflection): void {
  for (const module of all.getChildrenByKind(ReflectionKind.Module)) {
    const [, directory = '', entry] = /^([^/]+)\/src(?:\/(.+))?$/u.exec(module.name) ?? []
    if (existsSync(join(ROOT, 'packages', directory, 'package.json')))
      module.name = [readName(`packages/${directory}`), entry].filter(Boolean).join('/')
  }
}

function readName(directory: string): string {
  return JSON.parse(readFileSync(join(ROOT, directory, 'package.json'), 'utf8')).name
}
