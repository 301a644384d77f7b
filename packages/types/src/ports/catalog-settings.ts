/** What a catalog's operator has set for every program that opens it. Absent: as each program has it. */
export interface StoredPolicy {
  /** No model is used on the word of its first download: its digest must have been declared. */
  readonly requireDeclaredDigest?: boolean
  /** How long ago a model that is used may have been verified, in milliseconds. */
  readonly maxEvidenceAgeMs?: number
  /** What a change of ctime alone means: `stale` (read it again, the default), or `trust-mtime` (serve it). */
  readonly ctimeChange?: 'stale' | 'trust-mtime'
  /** For how long a volume may be away before its evidence counts no more, in milliseconds; default 30 days. */
  readonly silentAfterMs?: number
}

/** What to make of the stored policy: null takes a rule out, one that is absent stays. */
export type PolicyChange = {
  readonly [Name in keyof StoredPolicy]?: StoredPolicy[Name] | null | undefined
}

/** When a volume was last seen, by whom. */
export interface VolumeSight {
  /** ISO-8601 UTC. */
  readonly lastSeen: string
  /** The label of the machine that saw it. */
  readonly node: string
}

/** What a catalog says of itself, beside its entries. */
export interface CatalogSettings {
  readonly policy: StoredPolicy
  /** By the key under which evidence stands: a volume's id, or that, `@` and a node. */
  readonly volumes: Readonly<Record<string, VolumeSight>>
}

/** The settings at a moment. Frozen. */
export interface StoredSettings extends CatalogSettings {
  /** 0 if none were ever stored; one more with each change. */
  readonly revision: number
}

/** What to make of the settings, if they still are at the revision that the caller saw. */
export interface SettingsChange {
  readonly ifRevision: number
  readonly settings: CatalogSettings
}

/** What became of a change of the settings. */
export type SettingsOutcome =
  | { readonly applied: true; readonly settings: StoredSettings }
  | { readonly applied: false; readonly foundRevision: number }
