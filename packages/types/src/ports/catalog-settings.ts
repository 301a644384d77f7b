import type { DigestOrigin } from '../entry/digest-origin.ts'

/**
 * The rules that a catalog's operator has set for every program that opens it. Each program decides about an
 * absent rule.
 */
export interface StoredPolicy {
  /**
   * Whether only a model whose digest was declared may be used, not one whose digest was computed from its
   * first download.
   */
  readonly requireDeclaredDigest?: boolean
  /** The origins of the digest of a usable model: whatever else declared or computed it does not count. */
  readonly requireDigestOrigin?: readonly DigestOrigin[]
  /** The greatest age of the evidence of a usable model, in milliseconds. */
  readonly maxEvidenceAgeMs?: number
  /**
   * What a change of the ctime alone means: `stale` (verify again, the default) or `trust-mtime` (serve).
   */
  readonly ctimeChange?: 'stale' | 'trust-mtime'
  /**
   * How long a volume may be away before its evidence no longer counts, in milliseconds; default 30 days.
   */
  readonly silentAfterMs?: number
}

/** A change of the stored policy: null removes a rule, an absent rule stays. */
export type PolicyChange = {
  readonly [Name in keyof StoredPolicy]?: StoredPolicy[Name] | null | undefined
}

/** When a volume was last seen, and by which machine. */
export interface VolumeSight {
  /** ISO-8601 UTC. */
  readonly lastSeen: string
  /** The label of the machine that saw it. */
  readonly node: string
}

/** What a catalog stores beside its entries. */
export interface CatalogSettings {
  readonly policy: StoredPolicy
  /** By the key of the evidence: a volume's id, or the id, `@` and a node. */
  readonly volumes: Readonly<Record<string, VolumeSight>>
}

/** The settings at a moment. Frozen. */
export interface StoredSettings extends CatalogSettings {
  /** 0 if none were ever stored; one more with each change. */
  readonly revision: number
  /**
   * What a newer version stored and this one does not know, as it is stored and where it is stored: fields of the policy in
   * `policy`, of a volume in `volumes` under its key. A change of the settings keeps it.
   */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** New settings, which take effect if the present ones are still at the revision that the caller saw. */
export interface SettingsChange {
  readonly ifRevision: number
  readonly settings: CatalogSettings
}

/** Whether a change of the settings took effect. */
export type SettingsOutcome =
  | { readonly applied: true; readonly settings: StoredSettings }
  | { readonly applied: false; readonly foundRevision: number }
