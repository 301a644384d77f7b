import { ComponentType, ExternalReferenceType, HashAlgorithm } from '@cyclonedx/cyclonedx-library/Enums'
import {
  Component,
  ExternalReference,
  type License,
  NamedLicense,
  Property,
  SpdxLicense,
} from '@cyclonedx/cyclonedx-library/Models'
import * as SPDX from '@cyclonedx/cyclonedx-library/SPDX'
import { isCatalogError, type ModelEntry, ModelRef, type PublicEntry, toPublicEntry } from 'model-catalog'

/** A source that is, or may be, a path of this machine. */
const LOCAL = 'file:…'
const PREFIX = 'model-catalog:'

/** What a CycloneDX document says of one model. */
export function toComponent(entry: ModelEntry): Component {
  const shown = toPublicEntry(entry)
  const { id, name, digest, files, facts, source } = shown
  const component = new Component(ComponentType.MachineLearningModel, name, { bomRef: id })
  const { version, purl } = toPackage(source)
  if (version !== undefined) component.version = version
  if (purl !== undefined) component.purl = purl
  if (source !== LOCAL && source !== '') {
    component.externalReferences.add(new ExternalReference(source, ExternalReferenceType.Distribution))
  }
  if (facts?.licence !== undefined) component.licenses.add(toLicense(facts.licence))
  if (files === undefined) setHash(component, digest ?? undefined)
  else for (const file of files) component.components.add(toFile(id, file))
  for (const [key, value] of propertiesOf(shown)) component.properties.add(new Property(PREFIX + key, value))
  return component
}

type PublicFile = NonNullable<PublicEntry['files']>[number]

function toFile(id: string, { path, digest, sizeBytes }: PublicFile): Component {
  const file = new Component(ComponentType.File, path, { bomRef: `${id}#${path}` })
  setHash(file, digest)
  if (sizeBytes !== undefined) file.properties.add(new Property(`${PREFIX}size`, String(sizeBytes)))
  return file
}

function setHash({ hashes }: Component, digest: string | undefined): void {
  if (digest !== undefined) hashes.set(HashAlgorithm['SHA-256'], digest)
}

/** A hub's names of licences are mostly SPDX identifiers in lower case. */
function toLicense(licence: string): License {
  const id = SPDX.fixupSpdxId(licence)
  return id === undefined ? new NamedLicense(licence) : new SpdxLicense(id)
}

/** The version that the source names, and the package URL of a hub's repository. */
function toPackage(source: string): { readonly version?: string; readonly purl?: string } {
  const ref = parseRef(source)
  if (ref?.kind === 'oci' && ref.tag !== undefined) return { version: ref.tag }
  if (ref?.kind !== 'hf') return {}
  const purl = `pkg:huggingface/${ref.org}/${ref.repo}`
  if (ref.revision === undefined) return { purl }
  return { version: ref.revision, purl: `${purl}@${encodeURIComponent(ref.revision)}` }
}

function parseRef(source: string): ModelRef | undefined {
  try {
    return ModelRef.parse(source)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}

function* propertiesOf(entry: PublicEntry): Generator<readonly [key: string, value: string]> {
  const { id, state, verifiedAt, digest, digestOrigin, sizeBytes, files, facts } = entry
  const known = {
    id,
    state,
    'verified-at': verifiedAt,
    'digest-origin': digestOrigin,
    'manifest-digest': files === undefined ? undefined : digest,
    size: sizeBytes,
    format: facts?.format,
    architecture: facts?.architecture,
    parameters: facts?.parameters,
    quantisation: facts?.quantisation,
    'context-length': facts?.contextLength,
    tokenizer: facts?.tokenizer,
    'tensor-count': facts?.tensorCount,
  }
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined && value !== null) yield [key, String(value)]
  }
}
