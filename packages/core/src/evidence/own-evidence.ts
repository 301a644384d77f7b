import type {
  CatalogStore,
  EntryContent,
  Evidence,
  Fingerprint,
  ModelFile,
  RecordedFingerprint,
  Volume,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

type Here = Pick<CatalogContext, 'volumes' | 'node' | 'formerNodes'> & {
  readonly store: Pick<CatalogStore, 'isShared'>
}

/** Which machine reads, and whether the store is that of several. */
export interface ReadingNode {
  readonly node: string
  readonly isShared: boolean
}

/** Evidence that this machine may go by, because the volume that it is of is here. */
export interface OwnEvidence {
  /** Under which it stands in the entry. */
  readonly key: string
  readonly evidence: Evidence
  /** The volumes that are here, as they were confirmed; none for evidence that an older version kept by host. */
  readonly volumes: readonly Volume[]
}

/**
 * Under what the evidence of a volume stands. Machines that share a store may have clones of one disk, with one anchor: each
 * has evidence of its own there, also on local file systems.
 */
export function evidenceKeyOf({ id, anchor, isLocal }: Volume, { node, isShared }: ReadingNode): string {
  if (anchor === undefined) return `unanchored@${node}`
  return isLocal && !isShared ? id : `${id}@${node}`
}

/** The same on this machine. */
export function ownKeyOf({ store, node }: Pick<Here, 'store' | 'node'>, volume: Volume): string {
  return evidenceKeyOf(volume, { node, isShared: store.isShared })
}

/** Under what evidence of the same volume and node may stand as well: in the other kind of store it was written there. */
export function otherKeysOf({ volume, node }: Evidence, key: string): readonly string[] {
  // Stryker disable next-line ConditionalExpression,LogicalOperator,ArrayDeclaration: only the types need this: no evidence has such a key.
  if (volume === undefined || node === undefined) return []
  // Stryker disable next-line MethodExpression,ConditionalExpression: what stands under the key itself is replaced anyhow, and looked up once more.
  return [volume, `${volume}@${node}`].filter((other) => other !== key)
}

/** Where the anchors of an entry's volumes were when its files were read; in a shared store, by this machine. */
export function anchorsOf(here: Pick<Here, 'store' | 'node'>, entry: EntryContent): readonly string[] {
  return [...new Set(listOwnReadings(here, entry).flatMap(({ anchor }) => anchor ?? []))]
}

/** What may be of disks of this machine, mounted or not: in a shared store only what it read itself. */
export function listOwnReadings(
  { store, node }: Pick<Here, 'store' | 'node'>,
  { evidence = {} }: EntryContent,
): readonly Evidence[] {
  return Object.values(evidence).filter((each) => !store.isShared || each.node === node)
}

/**
 * The evidence for a file on the device of this number: of the volume that has this number now, or, of an older version,
 * that of this machine. One `lstat` in most cases.
 */
export function findOwnEvidence(here: Here, entry: EntryContent, dev: string): OwnEvidence | undefined {
  if (entry.evidence === undefined) return undefined
  const volume = here.volumes.find(dev) ?? here.volumes.find(dev, anchorsOf(here, entry))
  if (volume === undefined) return ofHost(here, entry)
  const volumes = hasOtherVolumes(entry) ? here.volumes.list() : [volume]
  return ofVolume(here, entry, volume, volumes) ?? ofHost(here, entry)
}

/**
 * The evidence of any volume that is here, or of that with this device number: the match if there is one, of several the
 * last.
 */
export function findAnyEvidence(
  here: Here,
  entry: EntryContent,
  volumes: readonly Volume[] = here.volumes.list(),
  dev?: string,
): OwnEvidence | undefined {
  const asked = dev === undefined ? volumes : volumes.filter((volume) => volume.dev === dev)
  const found = asked.flatMap((volume) => ofVolume(here, entry, volume, volumes) ?? [])
  const [first] = found.sort((a, b) => rank(b.evidence).localeCompare(rank(a.evidence)))
  return first ?? ofHost(here, entry)
}

/** The keys of what this machine may go by: of each volume that is here, and of what an older version kept. */
export function findOwnKeys(here: Here, entry: EntryContent): readonly string[] {
  // Stryker disable next-line ArrayDeclaration: a key without evidence is left out.
  const keys: string[] = []
  for (const volume of [...here.volumes.list(), undefined]) {
    const own = findAnyEvidence(here, entry, volume === undefined ? [] : [volume])
    if (own !== undefined && !keys.includes(own.key)) keys.push(own.key)
  }
  return keys
}

function rank({ outcome, at }: Evidence): string {
  return `${outcome === 'match' ? 1 : 0} ${at}`
}

function ofVolume(
  here: Here,
  entry: EntryContent,
  volume: Volume,
  volumes: readonly Volume[],
): OwnEvidence | undefined {
  const key = ownKeyOf(here, volume)
  const evidence = evidenceOf(entry, key)
  // Without an anchor only the process that has read knows the volume again.
  if (evidence?.volume === volume.id) return { key, evidence, volumes }
  return ofOtherStore(here, entry, volume, volumes)
}

/**
 * What a store of the other kind had before it was migrated, if this very node read it: it is of this disk as much as what stands
 * under the node, and hundreds of gigabytes need not be read again. What another node wrote is of its disks alone.
 */
function ofOtherStore(
  { node }: Here,
  entry: EntryContent,
  { id, anchor }: Volume,
  volumes: readonly Volume[],
): OwnEvidence | undefined {
  // Stryker disable next-line ConditionalExpression: nothing stands under the id of a volume that only one process knows.
  if (anchor === undefined) return undefined
  for (const key of [id, `${id}@${node}`]) {
    const evidence = evidenceOf(entry, key)
    if (evidence?.volume === id && evidence.node === node) return { key, evidence, volumes }
  }
  return undefined
}

/** What an older version has kept by the name of this host. Machines that share a store may have had one host name. */
function ofHost({ store, node, formerNodes }: Here, entry: EntryContent): OwnEvidence | undefined {
  if (store.isShared) return undefined
  for (const key of new Set([node, ...formerNodes])) {
    const evidence = evidenceOf(entry, key)
    if (evidence !== undefined && evidence.volume === undefined) return { key, evidence, volumes: [] }
  }
  return undefined
}

function hasOtherVolumes({ evidence = {} }: EntryContent): boolean {
  return Object.values(evidence).some(({ files }) =>
    files?.some(({ fingerprint }) => fingerprint.volume !== undefined),
  )
}

/** Tells what is of the volumes that are here, as this machine may go by it. */
export function createHereCheck(
  here: Pick<Here, 'volumes' | 'store' | 'node'>,
): (key: string, evidence: Evidence) => boolean {
  const volumes = here.volumes.list()
  const keys = new Set(volumes.map((volume) => ownKeyOf(here, volume)))
  // Stryker disable next-line ArrayDeclaration: no volume has such an id.
  const ids = new Set(volumes.flatMap(({ id, anchor }) => (anchor === undefined ? [] : id)))
  return (key, { volume, node }) => {
    if (keys.has(key)) return true
    // Stryker disable next-line ConditionalExpression: only the types need this: no volume has the id undefined.
    if (volume === undefined || node !== here.node || !ids.has(volume)) return false
    return key === volume || key === `${volume}@${node}`
  }
}

/** The evidence under this key, of right or wrong bytes; undefined if there is none. */
export function evidenceOf(entry: EntryContent, key: string): Evidence | undefined {
  const { evidence } = entry
  // A node may be called `constructor`, which every object seems to have.
  return evidence !== undefined && Object.hasOwn(evidence, key) ? evidence[key] : undefined
}

/** What evidence recorded of the one file, or of one of many. */
export function recordedOf({ evidence }: OwnEvidence, part?: ModelFile): RecordedFingerprint | undefined {
  if (part === undefined) return evidence.fingerprint
  return evidence.files?.find(({ path }) => path === part.path)?.fingerprint
}

/**
 * The fingerprint that a file has now if it is as it was when it was read; undefined if the evidence does not know it, or if
 * its volume is not here.
 */
export function knownFingerprintOf(own: OwnEvidence | undefined, part?: ModelFile): Fingerprint | undefined {
  const recorded = own && recordedOf(own, part)
  return recorded && toFingerprint(own, recorded)
}

/** The recorded fingerprint with the device number that its volume has now. */
export function toFingerprint(own: OwnEvidence, recorded: RecordedFingerprint): Fingerprint | undefined {
  const { ino, sizeBytes, mtimeNs, ctimeNs, birthtimeNs } = recorded
  const id = recorded.volume ?? own.evidence.volume
  const dev = id === undefined ? recorded.dev : own.volumes.find((volume) => volume.id === id)?.dev
  if (dev === undefined) return undefined
  return { dev, ino, sizeBytes, mtimeNs, ctimeNs, ...(birthtimeNs !== undefined && { birthtimeNs }) }
}
