import { type FoundFile, findFilePathProblem, type UpkeepFinding } from '@catalog/types'
import { foldModelId } from '@catalog/types/adapter'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { toPlain } from '../../evidence/fingerprints.ts'
import { parseLeftover } from '../../ownership/partial-name.ts'
import { type FoundLeftover, findLeftovers } from '../survey/leftovers.ts'
import { findRecordedFailure } from '../survey/recorded-failure.ts'
import { parsePrepared, parseReplaced } from '../survey/replaced-name.ts'
import { listOf, type Survey } from '../survey/survey.ts'
import { planRemoval, type Remark } from './plan.ts'

const LEFTOVER_TEXT = {
  partial: 'the rest of an abandoned download',
  checkpoint: 'the checkpoint of an abandoned download',
  temporary: 'left by an interrupted operation',
  replaced: 'an equal file was to replace it: it is removed once that file is verified, or else put back',
} as const
const WRONG_TEXT =
  'the file in its place is wrong, and nothing says which of the two is needed: remove or rename one'

/** The files that deduplication has replaced, or made another name of, and did not come to remove or put back. */
export function remarkOnReplaced(context: CatalogContext, survey: Survey): readonly Remark[] {
  const replaced = findLeftovers(context, survey).filter(({ what }) => what === 'replaced')
  return replaced.flatMap(({ found, owners }): readonly Remark[] => {
    const { path, file, fingerprint } = found
    const [bytes, of] = [fingerprint.sizeBytes, parseReplaced(file) ?? parsePrepared(file)]
    // Stryker disable next-line ConditionalExpression: only the types need this: what was replaced has such a name.
    if (of === undefined || findFilePathProblem(file) !== undefined) return []
    const finding = {
      kind: 'leftover' as const,
      // Stryker disable next-line OptionalChaining: only the types need this: what was replaced has an owner.
      id: owners[0]?.id,
      path,
      bytes,
      text: LEFTOVER_TEXT.replaced,
    }
    const place = context.files.pathOf({ file: of })
    const replacing = survey.files.get(place)
    if (replacing?.links === 1 && isKnownWrong(survey, place)) {
      return [{ finding: { ...finding, text: WRONG_TEXT } }]
    }
    // With one link it is not another name of the file that replaces it.
    const frees = replacing !== undefined && found.links === 1 ? bytes : 0
    const planned = { file, fingerprint: toPlain(fingerprint) }
    return [{ finding, action: { kind: 'finish-sharing', file: of, replaced: planned, bytes: frees } }]
  })
}

function isKnownWrong({ owners, named }: Survey, path: string): boolean {
  return listOf(owners, path).some((entry) => findRecordedFailure(entry, listOf(named, entry)) !== undefined)
}

/** What downloads, quarantine and deduplication left; only what can no longer be used is removed. */
export function remarkOnLeftovers(
  context: CatalogContext,
  survey: Survey,
  isLeft: (found: FoundFile) => boolean,
): readonly Remark[] {
  const leftovers = findLeftovers(context, survey).filter(({ what }) => what !== 'replaced')
  return leftovers.filter(({ found }) => isLeft(found)).flatMap(remarkOn)
}

function remarkOn({ found, what, use, owners }: FoundLeftover): readonly Remark[] {
  const { path, fingerprint } = found
  const about = { path, bytes: fingerprint.sizeBytes, id: owners[0]?.id }
  if (what === 'quarantined') {
    return [{ finding: { kind: 'quarantined', ...about, text: 'a wrong file in quarantine' } }]
  }
  if (use === 'useless') {
    const finding = { kind: 'leftover' as const, ...about, text: LEFTOVER_TEXT[what] }
    return [{ finding, action: planRemoval(found, 'leftover') }]
  }
  if (what !== 'partial') return []
  const text = use === 'wanted' ? 'a download that goes on' : 'an interrupted download that may continue'
  return [{ finding: { kind: 'partial', ...about, text } }]
}

/** The sets of shards that are not whole. What an entry names and misses is told of with that entry. */
export function findIncompleteShards({ verifier, files }: CatalogContext, survey: Survey): readonly Remark[] {
  const found = [...survey.files.values()].filter(
    // What a download has not finished is missing under no name of its own.
    ({ kind, file }) => kind === 'file' && parseLeftover(file) === undefined,
  )
  return verifier.findShards(found.map(({ file }) => file)).flatMap((set): Remark[] => {
    const paths = set.missing.map((file) => files.pathOf({ file }))
    const [path] = paths
    if (path === undefined || paths.some((each) => survey.owners.has(each))) return []
    const present = set.present.map((file) => files.pathOf({ file }))
    const id = present.flatMap((each) => listOf(survey.owners, each))[0]?.id
    const rest = set.missingCount > 1 ? ` and ${set.missingCount - 1} more` : ''
    const text = `of the shards of ${set.name}, ${set.missing[0]}${rest} ${set.missingCount > 1 ? 'are' : 'is'} missing`
    return [{ finding: { kind: 'shard-missing', id, path, bytes: 0, text } }]
  })
}

/** Paths that are one on a disk that does not tell case, or Unicode's ways to write a letter, apart. */
export function findCollisions({ files }: CatalogContext, survey: Survey): readonly Remark[] {
  const byFolded = new Map<string, Set<string>>()
  for (const path of pathsInside(files, survey)) {
    const folded = foldModelId(path.normalize('NFC'))
    byFolded.set(folded, (byFolded.get(folded) ?? new Set()).add(path))
  }
  return [...byFolded.values()].flatMap((paths) => {
    // Stryker disable next-line StringLiteral: only the types need this: a group has a path.
    const [first = '', ...others] = [...paths].sort()
    return others.map((path): Remark => {
      const found = survey.files.get(path)
      const finding: UpkeepFinding = {
        kind: 'case-collision',
        id: [...listOf(survey.owners, path), ...listOf(survey.owners, first)][0]?.id,
        path,
        bytes: found?.fingerprint.sizeBytes ?? 0,
        text: `the same as ${first} on a disk that ignores case or accents`,
      }
      return { finding }
    })
  })
}

function pathsInside(files: CatalogContext['files'], survey: Survey): ReadonlySet<string> {
  const named = [...survey.named.values()].flat()
  // Stryker disable next-line ArrayDeclaration: a path more, which is like no other.
  const inside = named.flatMap(({ reference }) => ('file' in reference ? [files.pathOf(reference)] : []))
  return new Set([...survey.files.keys(), ...inside])
}
