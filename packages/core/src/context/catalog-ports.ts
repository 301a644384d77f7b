/** Room `context`: the ports of one catalog, completed. */

import type { CatalogObserver, CatalogStore, Clock, FileVerifier, ModelFiles, Volumes } from '@catalog/types'
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

/** What a catalog needs from the world. */
export interface CatalogPorts {
  readonly store: CatalogStore
  readonly verifier: FileVerifier
  readonly files: ModelFiles
  readonly volumes: Volumes
  readonly clock: Clock
  /** The label of this machine. On network and unknown file systems it keeps the evidence of machines apart. */
  readonly node: string
  /** Other names of this machine, under which an older version may have kept its evidence: its host name. */
  readonly formerNodes?: readonly string[] | undefined
  readonly policy?: CatalogPolicy | undefined
  /**
   * Who holds the downloads that this catalog begins; default: a name of its own for each catalog that is opened. A
   * provisioner that gives its own goes on at once with what it had begun before a crash.
   */
  readonly holder?: string | undefined
  readonly observer?: CatalogObserver | undefined
  /** A clock that only goes forward, for durations; `performance.now` where absent. */
  readonly monotonicMs?: (() => number) | undefined
  /** Resolves after so many milliseconds, or rejects with the signal's reason; by a timer where absent. */
  readonly wait?: Wait | undefined
}

/** What it takes to use a model, beyond evidence for its digest. What is stored in the catalog counts before it: `policyOf`. */
export interface CatalogPolicy {
  /** No model is used on the word of its first download: its digest must have been declared. Default false. */
  readonly requireDeclaredDigest?: boolean | undefined
  /** How long ago a node may have verified a model that it uses, in milliseconds; any time where absent. */
  readonly maxEvidenceAgeMs?: number | undefined
  /** What a change of ctime alone means: `stale` (not served until it is read again, the default) or `trust-mtime` (served). */
  readonly ctimeChange?: 'stale' | 'trust-mtime' | undefined
  /** For how long a volume may be away before its evidence counts no more, in milliseconds; default 30 days. */
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
    formerNodes = [],
    clock,
    monotonicMs = () => performance.now(),
    wait = waitByTimer,
  } = ports
  const { node, policy = {}, holder = `${node}/${crypto.randomUUID()}` } = settings
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
