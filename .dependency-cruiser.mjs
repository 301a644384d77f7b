// The walls inside the packages: which room may import which. ARCHITECTURE.md says the same; a test compares the two.

/** Below `src` of each package: what each room may import besides itself. The root of a package may import all. */
export const ROOMS = {
  'packages/types': {
    error: [],
    entry: ['error'],
    reference: ['error'],
    options: ['error'],
    input: ['entry'],
    query: ['entry', 'reference'],
    public: ['entry', 'options', 'reference'],
    ports: ['entry', 'error', 'input', 'query'],
    upkeep: ['entry', 'ports'],
    schema: ['entry', 'error', 'input', 'options', 'query', 'upkeep'],
    adapter: ['entry', 'error', 'input', 'ports', 'schema'],
  },
  'packages/core': {
    context: [],
    entry: ['context'],
    evidence: ['context', 'entry'],
    lease: ['context', 'entry', 'evidence'],
    query: ['context', 'entry'],
    settings: ['context', 'entry'],
    ownership: ['context', 'entry', 'evidence', 'lease'],
    serve: ['context', 'entry', 'evidence', 'ownership'],
    verify: ['context', 'entry', 'evidence', 'ownership'],
    change: ['context', 'entry', 'evidence', 'lease', 'ownership', 'serve'],
    download: ['context', 'entry', 'evidence', 'lease', 'ownership', 'serve', 'verify'],
    'upkeep/survey': ['context', 'entry', 'evidence', 'lease', 'ownership'],
    'upkeep/apply': ['context', 'entry', 'evidence', 'lease', 'ownership', 'verify', 'upkeep/survey'],
    'upkeep/plan': ['context', 'entry', 'evidence', 'lease', 'ownership', 'upkeep/survey', 'upkeep/apply'],
    upkeep: [
      'context',
      'entry',
      'evidence',
      'ownership',
      'serve',
      'verify',
      'upkeep/survey',
      'upkeep/plan',
      'upkeep/apply',
    ],
  },
  'packages/verify': {
    barrier: ['file'],
    chunks: [],
    file: [],
    hashing: [],
    pool: ['barrier'],
    content: ['hashing'],
    repair: ['chunks', 'file', 'hashing'],
    digest: ['barrier', 'chunks', 'file', 'hashing', 'pool'],
    stream: ['digest', 'file', 'hashing'],
    manifest: ['digest', 'file'],
    format: [],
    diagnosis: ['digest', 'file', 'format'],
    shards: ['diagnosis', 'file'],
  },
  'packages/files': {
    paths: [],
    disk: ['paths'],
    volumes: ['paths'],
  },
  'packages/store-fs': {
    disk: [],
    format: ['disk'],
    state: ['format'],
    snapshot: ['disk', 'format', 'state'],
    view: ['disk', 'format', 'state'],
    segment: ['disk', 'format', 'snapshot', 'state', 'view'],
    repair: ['disk', 'format', 'segment', 'snapshot', 'view'],
    journal: ['disk', 'format', 'repair', 'segment', 'state', 'view'],
    history: ['disk', 'format', 'segment', 'snapshot', 'state', 'view'],
    watch: ['disk', 'format', 'history', 'journal', 'segment'],
  },
  'packages/import': {
    candidate: [],
    disk: ['candidate'],
    layouts: ['candidate', 'disk'],
    scan: ['candidate', 'disk', 'layouts'],
    register: ['candidate'],
    places: ['candidate'],
  },
  'packages/testkit': {
    samples: [],
    memory: [],
    models: [],
    layouts: ['models'],
    running: [],
    setup: [],
    lifecycle: ['samples'],
    'conformance/world': [],
    'conformance/store': ['samples', 'setup'],
    'conformance/random': ['samples', 'running', 'conformance/store'],
    'conformance/files': ['conformance/world'],
    'conformance/verifier': ['models', 'conformance/world'],
    conformance: [
      'setup',
      'conformance/files',
      'conformance/random',
      'conformance/store',
      'conformance/verifier',
    ],
    fakes: ['samples', 'conformance/world'],
  },
  'apps/catalog-cli': {
    text: [],
    problem: ['text'],
    output: ['problem', 'text'],
    options: ['output'],
    files: ['problem', 'text'],
    catalog: ['options', 'output', 'problem', 'text'],
    show: ['catalog', 'text'],
    'commands/change': ['catalog', 'files', 'options', 'problem', 'show', 'text'],
    'commands/download': ['catalog', 'options', 'output', 'problem', 'show', 'text'],
    'commands/import': ['catalog', 'options', 'output', 'problem', 'text'],
    'commands/lease': ['catalog', 'options', 'text'],
    'commands/policy': ['catalog', 'options', 'text'],
    'commands/read': ['catalog', 'options', 'output', 'problem', 'show', 'text'],
    'commands/upkeep': ['catalog', 'files', 'options', 'output', 'problem', 'text'],
  },
  'apps/model-provisioner': {
    source: [],
    provision: ['source'],
  },
  'apps/orchestratord': {
    problems: [],
    schemas: [],
    catalog: [],
    stream: ['problems'],
    http: ['problems'],
    openapi: ['problems', 'schemas'],
    routes: ['catalog', 'http', 'openapi', 'problems', 'schemas', 'stream'],
  },
}

/** A room's own files: not those of the rooms in it. */
function filesOf(packageName, room) {
  return `^${packageName}/src/${room}/[^/]+$`
}

const arrows = Object.entries(ROOMS).flatMap(([packageName, rooms]) =>
  Object.entries(rooms).map(([room, allowed]) => ({
    name: `${packageName}/src/${room}`,
    comment: `${room} may import ${allowed.join(', ') || 'no other room'}`,
    severity: 'error',
    from: { path: filesOf(packageName, room), pathNot: '\\.test\\.ts$' },
    to: {
      path: `^${packageName}/src/`,
      pathNot: [room, ...allowed].map((each) => filesOf(packageName, each)),
    },
  })),
)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'no file may import itself by way of others, not even for types',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...arrows,
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
  },
}
