import { truncateSync } from 'node:fs'
import { sampleGguf } from '../models/sample-gguf.ts'
import { buildCortex } from './cortex.ts'
import { addDockerModels, buildDockerModelRunner, dockerLayer } from './docker-model-runner.ts'
import { buildGpt4all } from './gpt4all.ts'
import { buildHub } from './huggingface.ts'
import { buildLocalDirectory } from './huggingface-local.ts'
import { buildA1111, buildComfyui, toExtraPaths } from './image-roots.ts'
import { buildInvokeai } from './invokeai.ts'
import { addJanModel, buildJan } from './jan.ts'
import { buildKitops } from './kitops.ts'
import { buildLlamaCache } from './llama-cpp.ts'
import { buildLmStudio } from './lm-studio.ts'
import { buildModelScope } from './modelscope.ts'
import { buildOci, buildOciRegistry, putTag } from './oci.ts'
import { addOllamaModel, buildOllama } from './ollama.ts'
import { buildPlain } from './plain.ts'
import { addRamalamaTag, buildRamalama } from './ramalama.ts'
import { buildSigned } from './signed.ts'
import { buildStore, type StoreBuilder } from './store-builder.ts'

type Build = (root: string) => void
/** Builds, by the names of what is wrong. */
type Damages = Readonly<Record<string, Build>>

/** A store of each layout, as its tool leaves it. */
export const SAMPLE_STORES: Readonly<Record<string, Build>> = {
  ollama: of(buildOllama),
  'hub cache': (root) => buildHub(root),
  'hub cache without links': (root) => buildHub(root, undefined, { withoutLinks: true }),
  'local directory': (root) => buildLocalDirectory(root),
  'llama.cpp': (root) => buildLlamaCache(root),
  'LM Studio': (root) => buildLmStudio(root),
  'Docker Model Runner': of(buildDockerModelRunner),
  'OCI layout': of(buildOci),
  registry: of(buildOciRegistry),
  KitOps: of(buildKitops),
  ramalama: of(buildRamalama),
  Jan: of(buildJan),
  Cortex: (root) => buildCortex(root),
  ComfyUI: of(buildComfyui),
  A1111: of(buildA1111),
  InvokeAI: (root) => buildInvokeai(root),
  ModelScope: (root) => buildModelScope(root),
  GPT4All: of(buildGpt4all),
  plain: (root) => buildPlain(root),
  'signed models': (root) => buildSigned(root),
}

const JAY = sampleGguf('jay')
const JAY_NAME = 'registry.ollama.ai/library/jay/latest'
const JAY_MODEL = 'huggingface/acme/Jay'
const HOLLOW = 1_000_000_000

const OLLAMA: Damages = {
  'missing-blob': withOllama({ blob: 'missing' }),
  'wrong-size': withOllama({ size: 999 }),
  'path-in-digest': withOllama({ digest: 'sha256:../../../etc/passwd' }),
  'no-weights': withOllama({ type: 'template' }),
  'empty-manifest': and(buildOllama, (store) => store.put(`manifests/${JAY_NAME}`, '')),
  'cut-manifest': and(buildOllama, (store) => store.put(`manifests/${JAY_NAME}`, '{"schemaVersion":2,"lay')),
  'huge-manifest': and(buildOllama, (store) => truncateSync(store.put(`manifests/${JAY_NAME}`, '{'), HOLLOW)),
}

const DOCKER: Damages = {
  'missing-blob': withDocker('gguf.v3', 'missing'),
  archive: withDocker('dir.tar'),
}

const RAMALAMA: Damages = {
  'missing-blob': and(buildRamalama, (store) =>
    addRamalamaTag(store, { model: JAY_MODEL, files: [{ ...jayFile(), blob: 'missing' }] }),
  ),
  'git-blob-id': and(buildRamalama, (store) => {
    const hash = `sha256:${'d'.repeat(40)}`
    addRamalamaTag(store, { model: JAY_MODEL, files: [{ ...jayFile(), hash }] })
  }),
  'cut-ref': and(buildRamalama, (store) => store.put(`store/${JAY_MODEL}/refs/latest.json`, '{"files":[')),
}

const JAN: Damages = {
  'missing-file': and(buildJan, (store) => addJanModel(store, 'jay', { model_path: 'llamacpp/models/gone' })),
  'wrong-size': and(buildJan, (store) => addJanModel(store, 'jay', { model_size_bytes: 5 })),
  'masked-digest': and(buildJan, (store) => addJanModel(store, 'jay', { model_sha256: '*****' })),
  'alias-bomb': and(buildJan, (store) =>
    store.put('llamacpp/models/jay/model.yml', 'a: &a [x,x]\nb: &b [*a,*a]\nmodel_path: *b\n'),
  ),
}

/** Stores in which one thing is wrong, by the layout. Everything of the whole store is in them too. */
export const DAMAGED_STORES: Readonly<Record<string, Damages>> = {
  ollama: OLLAMA,
  'hub cache': by(buildHub, [
    ...(['absolute-link', 'broken-tree', 'dangling-config', 'dangling-readme', 'dangling-weights'] as const),
    ...(['download-in-progress', 'empty-ref', 'incomplete', 'link-loop', 'link-out', 'masked-name'] as const),
    ...(['missing-indexed-shard', 'missing-shard', 'other-digest-in-tree'] as const),
    ...(['ref-without-snapshot', 'shared-store', 'wrong-size'] as const),
  ]),
  'local directory': by(buildLocalDirectory, [
    ...(['broken-record', 'changed', 'incomplete', 'masked-etag', 'no-record'] as const),
  ]),
  'llama.cpp': by(buildLlamaCache, [
    ...(['broken-manifest', 'incomplete', 'missing-file', 'missing-shard'] as const),
    ...(['other-etag', 'weak-etag', 'wrong-size'] as const),
  ]),
  'LM Studio': by(buildLmStudio, [
    ...(['broken-settings', 'dangling-link', 'link-out', 'other-folder', 'partial'] as const),
  ]),
  'Docker Model Runner': DOCKER,
  registry: {
    'path-in-tag': and(buildOciRegistry, (store) => putTag(store, 'bad', 'sha256:../../x')),
    'missing-manifest': and(buildOciRegistry, (store) => putTag(store, 'bad', `sha256:${'a'.repeat(64)}`)),
  },
  ramalama: RAMALAMA,
  Jan: JAN,
  Cortex: by(buildCortex, [
    ...([
      'alias',
      'cut',
      'imported-elsewhere',
      'missing-file',
      'missing-shard',
      'path-out',
      'unlisted',
    ] as const),
  ]),
  InvokeAI: by(buildInvokeai, ['dangling-link', 'download', 'missing-shard', 'older']),
  ComfyUI: {
    'root-elsewhere': and(buildComfyui, (store) =>
      store.put('extra_model_paths.yaml', toExtraPaths('/mnt/models')),
    ),
    'cut-paths': and(buildComfyui, (store) => store.put('extra_model_paths.yaml', 'comfyui: {base_path: "')),
  },
  ModelScope: by(buildModelScope, ['downloads', 'missing-shard']),
  plain: by(buildPlain, [
    ...(['aria2', 'broken-list', 'dangling-link', 'lfs-pointer', 'link-loop', 'link-out'] as const),
    ...(['md5-list', 'missing-indexed-file', 'missing-shard', 'partial', 'partial-of-directory'] as const),
  ]),
  'signed models': by(buildSigned, [
    ...(['cut', 'edited', 'extra-file', 'many-shards', 'missing-file', 'of-another-program'] as const),
    ...(['other-algorithm', 'path-out', 'shards'] as const),
  ]),
}

/** Builds a store of a layout at a root, whole or with one thing that is wrong. */
export function buildSampleStore(root: string, layout: string, damage?: string): void {
  const build = damage === undefined ? SAMPLE_STORES[layout] : DAMAGED_STORES[layout]?.[damage]
  if (build === undefined)
    throw new RangeError(`no sample store of ${layout} with ${damage ?? 'nothing'} wrong`)
  build(root)
}

function of(build: (store: StoreBuilder) => void): Build {
  return (root) => build(buildStore(root))
}

/** The whole store, and then what is wrong. */
function and(build: (store: StoreBuilder) => void, damage: (store: StoreBuilder) => void): Build {
  return of((store) => {
    build(store)
    damage(store)
  })
}

function by<D extends string>(build: (root: string, damage: D) => unknown, names: readonly D[]): Damages {
  return Object.fromEntries(names.map((name): [string, Build] => [name, (root) => void build(root, name)]))
}

function withOllama(layer: Partial<Parameters<typeof addOllamaModel>[1]['layers'][number]>): Build {
  return and(buildOllama, (store) =>
    addOllamaModel(store, { names: [JAY_NAME], layers: [{ type: 'model', bytes: JAY, ...layer }] }),
  )
}

/** The tool rewrites its list of tags without a lock, so the list may lack the model. */
function withDocker(type: string, blob?: 'missing'): Build {
  return and(
    (store) => void addDockerModels(store, [{ layers: [dockerLayer(type, JAY, blob && { blob })] }]),
    buildDockerModelRunner,
  )
}

function jayFile(): { readonly name: string; readonly type: 'gguf'; readonly bytes: Buffer } {
  return { name: 'jay.gguf', type: 'gguf', bytes: JAY }
}
