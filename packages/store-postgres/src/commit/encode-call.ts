import type { EncodedCommit } from './encode-commit.ts'

/**
 * The commits of one call, for `commit_changes`: in waves of commits that touch different models, so that each wave can be checked and
 * written together. A change of the settings is a wave of its own; so is a verification alone, which takes no position if the model
 * does not exist.
 */
export function encodeCall(commits: readonly EncodedCommit[]): string {
  return `[${splitIntoWaves(commits).map(encodeWave).join(',')}]`
}

function splitIntoWaves(commits: readonly EncodedCommit[]): readonly (readonly EncodedCommit[])[] {
  const waves: EncodedCommit[][] = []
  let touched = new Set<string>()
  let isOpen = false
  for (const commit of commits) {
    const { touches, changes } = commit
    const isApart = changes.length === 0
    if (isOpen && !isApart && touches.every((id) => !touched.has(id))) waves.at(-1)?.push(commit)
    else {
      waves.push([commit])
      touched = new Set()
    }
    for (const id of touches) touched.add(id)
    isOpen = !isApart
  }
  return waves
}

function encodeWave(commits: readonly EncodedCommit[]): string {
  const join = (part: 'head' | 'keys' | 'changes'): string =>
    // Each text is that of an object, and gets the place of its commit as its first member.
    commits
      .flatMap((commit, k) => [commit[part]].flat().map((text) => `{"k":${k + 1},${text.slice(1)}`))
      .join(',')
  const [settings] = commits.map((commit) => commit.settings)
  const parts = [`"commits":[${join('head')}]`]
  if (commits.some(({ changes }) => changes.length > 0))
    parts.push(`"keys":[${join('keys')}]`, `"changes":[${join('changes')}]`)
  if (settings !== undefined) parts.push(`"settings":${settings}`)
  return `{${parts.join(',')}}`
}
