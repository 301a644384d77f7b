import {
  type CatalogObserver,
  type CatalogStore,
  type Clock,
  createInvalidInput,
  type FileVerifier,
  type ModelFiles,
} from '@catalog/types'
import { guardObserver } from './guard-observer.ts'

/** What a catalog needs from the world. */
export interface CatalogPorts {
  readonly store: CatalogStore
  readonly verifier: FileVerifier
  readonly files: ModelFiles
  readonly clock: Clock
  /** The name of this machine, by which its evidence is kept apart from that of others. */
  readonly node: string
  readonly observer?: CatalogObserver | undefined
  /** A clock that only goes forward, for durations; `performance.now` where absent. */
  readonly monotonicMs?: (() => number) | undefined
}

/** The ports with everything filled in, and an observer that never throws. */
export interface CatalogContext extends CatalogPorts {
  readonly observer: Required<CatalogObserver>
  readonly monotonicMs: () => number
}

// As `types` requires of an entry: a wrong name would be refused only after the first file was read.
const NODE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/u

/** The context of these ports, or INVALID_INPUT naming the field `node`. */
export function createContext(ports: CatalogPorts): CatalogContext {
  if (!NODE_NAME.test(ports.node)) {
    throw createInvalidInput([{ field: 'node', problem: 'must be a host name' }])
  }
  const { store, verifier, files, clock, node, monotonicMs = () => performance.now() } = ports
  return { store, verifier, files, clock, node, monotonicMs, observer: guardObserver(ports.observer) }
}
