import type {
  EntryContent,
  Evidence,
  Fingerprint,
  ModelFile,
  RecordedFingerprint,
  Volume,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

type Here = Pick<CatalogContext, 'volumes' | 'node' | 'formerNodes'>

/** Evidence that this machine may go by, because the volume that it is of is here. */
export interface OwnEvidence {
  /** Under which it stands in the entry. */
  readonly key: string
  readonly evidence: Evidence
  /** The volumes that are here, as they were confirmed; none for evidence that an older version kept by host. */
  readonly volumes: readonly Volume[]
}

/** Under what the evidence of a volume stands. */
export function evidenceKeyOf({ id, anchor, isLocal }: Volume, node: string): string {
  if (anchor === undefined) return `unanchored@${node}`
  return isLocal ? id : `${id}@${node}`
}

/** Where the anchors of an entry's volumes were when its files were read. */
export function anchorsOf({ evidence = {} }: EntryContent): readonly string[] {
  return [...new Set(Object.values(evidence).flatMap(({ anchor }) => anchor ?? []))]
}

/**
 * The evidence for a file on the device of this number: of the volume that has this number now, or, of an older version,
 * that of this machine. One `lstat` in most cases.
 */
export function findOwnEvidence(here: Here, entry: EntryContent, dev: string): OwnEvidence | undefined {
  if (entry.evidence === undefined) return undefined
  const volume = here.volumes.find(dev) ?? here.volumes.find(dev, anchorsOf(entry))
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

function rank({ outcome, at }: Evidence): string {
  return `${outcome === 'match' ? 1 : 0} ${at}`
}

function ofVolume(
  { node }: Here,
  entry: EntryContent,
  volume: Volume,
  volumes: readonly Volume[],
): OwnEvidence | undefined {
  const key = evidenceKeyOf(volume, node)
  const evidence = evidenceOf(entry, key)
  // Without an anchor only the process that has read knows the volume again.
  return evidence?.volume === volume.id ? { key, evidence, volumes } : undefined
}

/** What an older version has kept by the name of this host. */
function ofHost({ node, formerNodes }: Here, entry: EntryContent): OwnEvidence | undefined {
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
