import {
  type CatalogObserver,
  type CatalogStore,
  type Clock,
  type FileVerifier,
  type ModelFiles,
  parseNodeName,
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

/** The context of these ports, or INVALID_INPUT naming the field `node`. */
export function createContext(ports: CatalogPorts): CatalogContext {
  // Here, because the entry's schema would refuse a wrong name only after the first file was read.
  const node = parseNodeName(ports.node)
  const { store, verifier, files, clock, monotonicMs = () => performance.now() } = ports
  return { store, verifier, files, clock, node, monotonicMs, observer: guardObserver(ports.observer) }
}
