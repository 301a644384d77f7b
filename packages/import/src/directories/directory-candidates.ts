/** Room `directories`: the models of ordinary directories. */

import { dirname, sep } from 'node:path'
import type { Candidate, CandidateFile, Companion } from '../candidate/candidate.ts'
import { toCandidateId } from '../candidate/candidate-id.ts'
import type { ScanProblem } from '../candidate/scan-problem.ts'
import { isBelow } from '../disk/paths-below.ts'
import type { SeenFile } from '../files/directory-files.ts'
import type { Statement } from '../statements/statement.ts'
import { leadingNamesOf, nameOf, sourceOf } from './directory-names.ts'
import type { ModelDirectory } from './directory-options.ts'

/** How a model is called in a directory. */
export interface OwnName {
  /** The path of its file, or the name of a set of files; '' if it is the whole directory. */
  readonly path: string
  /** The same as it stands in the id, without an extension where that is clear. */
  readonly id: string
}

/** The model that one file is. */
export async function toFileCandidate(
  directory: ModelDirectory,
  file: SeenFile,
  own: OwnName,
  companions: readonly Companion[],
): Promise<Candidate> {
  const { declared, gitBlobId, problem } = await statementOf(directory, file)
  // A link into a store of links keeps its name; the blob that it leads to has none.
  const isLinked = directory.linksInto !== undefined && isLink(file)
  return {
    ...toCommon(directory, [file], own),
    source: sourceOf(directory, file.path),
    location: isLinked ? file.found.path : file.found.realPath,
    ...(isLinked && { linksInto: linksIntoOf(directory, [file]) }),
    ...(declared !== undefined && { declared }),
    ...(gitBlobId !== undefined && { gitBlobId }),
    companions,
    problems: problem === undefined ? [] : [problem],
  }
}

/** The model that several files of the directory are. */
export async function toFilesCandidate(
  directory: ModelDirectory,
  seen: readonly SeenFile[],
  own: OwnName,
  notes: readonly ScanProblem[] = [],
): Promise<Candidate> {
  const files: CandidateFile[] = []
  const problems: ScanProblem[] = [...notes]
  for (const file of seen) {
    const statement = await statementOf(directory, file)
    files.push(toCandidateFile(file, statement))
    if (statement.problem !== undefined) problems.push(statement.problem)
  }
  return {
    ...toCommon(directory, seen, own),
    source: sourceOf(directory, own.path === '' ? '' : (seen[0]?.path ?? '')),
    location: directory.directory.path,
    ...(seen.some(isLink) && { linksInto: linksIntoOf(directory, seen) }),
    files,
    companions: [],
    problems,
  }
}

function toCommon(
  directory: ModelDirectory,
  files: readonly SeenFile[],
  own: OwnName,
): Pick<Candidate, 'layout' | 'store' | 'id' | 'name' | 'otherNames' | 'sizeBytes'> {
  const { layout, store } = directory
  return {
    layout,
    store,
    id: toCandidateId(layout, [...leadingNamesOf(directory, own.path), own.id]),
    name: nameOf(directory, own.path),
    otherNames: [],
    sizeBytes: files.reduce((sum, { found }) => sum + found.sizeBytes, 0),
  }
}

function toCandidateFile({ path, found }: SeenFile, { declared, gitBlobId }: Statement): CandidateFile {
  return {
    path,
    sizeBytes: found.sizeBytes,
    ...(declared !== undefined && { declared }),
    ...(gitBlobId !== undefined && { gitBlobId }),
  }
}

async function statementOf({ statementOf: ask }: ModelDirectory, file: SeenFile): Promise<Statement> {
  return (await ask?.(file.path, file.found)) ?? {}
}

function isLink({ found }: SeenFile): boolean {
  return found.path !== found.realPath
}

/** Where the links lead: what the store says, if that is so, else the nearest directory above all of them. */
function linksIntoOf({ linksInto, reader }: ModelDirectory, files: readonly SeenFile[]): string {
  const targets = files.filter(isLink).map(({ found }) => dirname(found.realPath))
  if (linksInto !== undefined && targets.every((target) => isBelow(linksInto, target))) return linksInto
  let [common = reader.root] = targets
  while (!targets.every((target) => isBelow(common, target)) && common.includes(sep)) common = dirname(common)
  return common
}
