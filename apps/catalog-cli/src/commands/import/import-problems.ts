import { relative, sep } from 'node:path'
import type { ScanProblem } from '@catalog/import'
import { formatCount } from '../../text/count.ts'
import { displayWidth, shortenMiddle } from '../../text/display-width.ts'
import { toPrintable } from '../../text/printable.ts'
import { wrapWords } from '../../text/wrap-words.ts'
import type { FoundModels } from './found-models.ts'

/** The shortest that a path is cut to. */
const LEAST_PATH_WIDTH = 24

/**
 * What cannot be imported, and why. Where no terminal shows it, each is one line with the whole path. In a terminal
 * paths are those below the scanned directory, which is named if there are several.
 */
export function* formatProblems(
  { directories, problems }: Pick<FoundModels, 'directories' | 'problems'>,
  width: number,
): Generator<string> {
  if (width === Number.POSITIVE_INFINITY) {
    for (const problem of problems) yield formatProblem(problem, problem.path)
  } else {
    const groups = groupByDirectory(problems, directories)
    for (const [directory, group] of groups) {
      if (groups.size > 1) yield `${shortenMiddle(toPrintable(directory), width - 1)}:`
      for (const problem of group) {
        const path = relative(directory, problem.path) || '.'
        yield* wrapWords(formatProblem(problem, path, cutPath(problem, path, width)), width)
      }
    }
  }
  if (problems.length > 0) yield* wrapWords(describeCount(problems.length), width)
}

function describeCount(count: number): string {
  return `${formatCount(count, 'problem')}; the rest can be imported`
}

/** The model is left out where its path begins with the same. */
function formatProblem(
  { layout, kind, text, model }: ScanProblem,
  path: string,
  shown: string = path,
): string {
  const named = model === undefined || path.startsWith(model) ? '' : `${toPrintable(model)}: `
  return `${layout}: ${named}${toPrintable(shown)} ${toPrintable(text)} [${kind}]`
}

/** So that the line fits, if that is possible without cutting too much. */
function cutPath(problem: ScanProblem, path: string, width: number): string {
  const tooMuch = displayWidth(formatProblem(problem, path)) - width
  if (tooMuch <= 0) return path
  const pathWidth = displayWidth(toPrintable(path))
  return shortenMiddle(path, Math.max(Math.min(pathWidth, LEAST_PATH_WIDTH), pathWidth - tooMuch))
}

/** By the innermost of the directories that a problem is in; one may lie in another. */
function groupByDirectory(
  problems: readonly ScanProblem[],
  directories: readonly string[],
): ReadonlyMap<string, readonly ScanProblem[]> {
  const innermostFirst = directories.toSorted((a, b) => b.length - a.length)
  const groups = new Map<string, ScanProblem[]>()
  for (const problem of problems) {
    const directory = innermostFirst.find((each) => isBelow(each, problem.path)) ?? sep
    const group = groups.get(directory) ?? []
    group.push(problem)
    groups.set(directory, group)
  }
  return groups
}

function isBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`)
}
