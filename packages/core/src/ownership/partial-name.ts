const PARTIAL = '.partial'
// As `checkpointPathOf` of the verifier names it, and the new one before it takes its place; and what
// docs/provisioning.md has a provisioner call the ETag that it goes on by.
const CHECKPOINT = /^(.+)\.partial\.(?:checkpoint(?:\.new)?|etag)$/su
const QUARANTINED = /^(.+)\.quarantined-([1-9][0-9]{0,8})$/su

/** What a download left beside a model's file, and the name of that file. */
export type Leftover =
  | { readonly kind: 'partial'; readonly file: string }
  | { readonly kind: 'checkpoint'; readonly file: string; readonly partial: string }
  | { readonly kind: 'quarantined'; readonly file: string; readonly n: number }

/** Where the bytes of a model's file are collected until all are there and right. */
export function partialPathOf(path: string): string {
  return `${path}${PARTIAL}`
}

/** Where the `n`th wrong file that had, or was to have, this path is quarantined; `n` counts from 1. */
export function quarantinePathOf(path: string, n: number): string {
  return `${path}.quarantined-${n}`
}

/** What a file is by its name, a path of any kind; undefined for one that no download leaves. */
export function parseLeftover(name: string): Leftover | undefined {
  const [, checkpointed] = CHECKPOINT.exec(name) ?? []
  if (checkpointed !== undefined && hasName(checkpointed)) {
    return { kind: 'checkpoint', file: checkpointed, partial: partialPathOf(checkpointed) }
  }
  const [, quarantined, n] = QUARANTINED.exec(name) ?? []
  if (quarantined !== undefined && hasName(quarantined)) {
    return { kind: 'quarantined', file: quarantined, n: Number(n) }
  }
  const file = name.slice(0, -PARTIAL.length)
  return name.endsWith(PARTIAL) && hasName(file) ? { kind: 'partial', file } : undefined
}

/** A hidden file `.partial` in some directory is what a user calls it. */
function hasName(path: string): boolean {
  return path !== '' && !/[\\/]$/u.test(path)
}
