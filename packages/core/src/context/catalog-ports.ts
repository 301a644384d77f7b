/** Room `context`: the ports of one catalog, completed. */

import type {
  CatalogObserver,
  CatalogStore,
  Clock,
  DigestOrigin,
  FileVerifier,
  ModelFiles,
  Volumes,
} from '@catalog/types'
import {
  defineOptions,
  holderSchema,
  nodeNameSchema,
  type OptionsParser,
  optionsSchema,
  policySchema,
} from '@catalog/types/schema'
import { guardObserver } from './guard-observer.ts'
import { type Wait, waitByTimer } from './wait.ts'

/** The adapters and settings of a catalog. */
export interface CatalogPorts {
  readonly store: CatalogStore
  readonly verifier: FileVerifier
  readonly files: ModelFiles
  readonly volumes: Volumes
  readonly clock: Clock
  /**
   * The label of this machine. On network and unknown file systems it separates the evidence of machines.
   */
  readonly node: string
  /**
   * Other names of this machine, such as its host name, under which an older version may have recorded
   * evidence.
   */
  readonly formerNodes?: readonly string[] | undefined
  readonly policy?: CatalogPolicy | undefined
  /**
   * The holder of the downloads and leases of this catalog; default: a random name for each opened catalog. A
   * provisioner with a fixed name continues after a crash what it had begun.
   */
  readonly holder?: string | undefined
  readonly observer?: CatalogObserver | undefined
  /** A clock that only goes forward, for durations; default `performance.now`. */
  readonly monotonicMs?: (() => number) | undefined
  /** Resolves after a number of milliseconds, or rejects with the signal's reason; default: a timer. */
  readonly wait?: Wait | undefined
}

/**
 * Rules for using a model, besides evidence for its digest. The policy that the catalog stores takes
 * precedence.
 */
export interface CatalogPolicy {
  /**
   * Whether only a model whose digest was declared may be used, not one whose digest was computed from its
   * first download. Default false.
   */
  readonly requireDeclaredDigest?: boolean | undefined
  /**
   * The origins of the digest of a usable model, such as `['hub', 'signature']`. A digest whose origin was not
   * recorded comes from the caller. Default: all origins.
   */
  readonly requireDigestOrigin?: readonly DigestOrigin[] | undefined
  /** The greatest age of the evidence of a usable model, in milliseconds; default: any age. */
  readonly maxEvidenceAgeMs?: number | undefined
  /**
   * What a change of the ctime alone means: `stale` (not served until it is verified again, the default) or
   * `trust-mtime` (served).
   */
  readonly ctimeChange?: 'stale' | 'trust-mtime' | undefined
  /**
   * How long a volume may be away before its evidence no longer counts, in milliseconds; default 30 days.
   */
  readonly silentAfterMs?: number | undefined
}

/** The ports with everything filled in, and an observer that never throws. */
export interface CatalogContext extends CatalogPorts {
  /** As the program gave it. */
  readonly policy: CatalogPolicy
  readonly formerNodes: readonly string[]
  readonly holder: string
  readonly observer: Required<CatalogObserver>
  readonly monotonicMs: () => number
  readonly wait: Wait
}

/** The context of these ports, or INVALID_INPUT naming the field that is wrong. */
export function createContext(ports: CatalogPorts): CatalogContext {
  // Here, because the entry's schema would refuse a wrong name only after the first file was read.
  const settings = parseSettings({ node: ports.node, policy: ports.policy, holder: ports.holder })
  const {
    store,
    verifier,
    files,
    volumes,
    clock,
    monotonicMs = () => performance.now(),
    wait = waitByTimer,
  } = ports
  const { node, policy = {}, holder = `${node}/${crypto.randomUUID()}` } = settings
  // Machines that share a store may have had one host name, as `localhost`.
  // Stryker disable next-line ArrayDeclaration: no machine has such a name.
  const formerNodes = store.isShared ? [] : (ports.formerNodes ?? [])
  const observer = guardObserver(ports.observer)
  return {
    ...{ store, verifier, files, volumes, formerNodes, clock, node, monotonicMs, wait, observer },
    policy,
    holder,
  }
}

const parseSettings: OptionsParser<Pick<CatalogPorts, 'node' | 'policy' | 'holder'>> = defineOptions<
  Pick<CatalogPorts, 'node' | 'policy' | 'holder'>
>(
  optionsSchema({
    node: nodeNameSchema,
    policy: policySchema.optional(),
    holder: holderSchema.optional(),
  }),
)

/** Whether a name is, or was, the label of this machine. */
export function isOwnNode(
  { node, formerNodes }: Pick<CatalogContext, 'node' | 'formerNodes'>,
  name: string,
): boolean {
  return name === node || formerNodes.includes(name)
}
