// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import * as z from 'zod';

declare const DIGEST_ORIGINS: readonly ["caller", "hub", "registry", "list", "name", "signature", "computed"];
type DigestOrigin = (typeof DIGEST_ORIGINS)[number];
type DeclaredOrigin = Exclude<DigestOrigin, 'computed'>;

interface ModelFacts {
    readonly format: string;
    readonly architecture?: string;
    readonly parameters?: number;
    readonly quantisation?: string;
    readonly contextLength?: number;
    readonly tokenizer?: string;
    readonly tensorCount?: number;
    readonly licence?: string;
    readonly name?: string;
    readonly extra?: Readonly<Record<string, unknown>>;
}

declare const modelIdBrand: unique symbol;
type ModelId = string & {
    readonly [modelIdBrand]: 'ModelId';
};

declare const digestBrand: unique symbol;
type Sha256Digest = string & {
    readonly [digestBrand]: 'Sha256Digest';
};

interface BundleFile {
    readonly path?: string;
    readonly stored: string;
    readonly sizeBytes: number;
    readonly digest: Sha256Digest;
}
interface BundleModel {
    readonly id: ModelId;
    readonly name: string;
    readonly source: string;
    readonly digest: Sha256Digest;
    readonly digestOrigin: DigestOrigin;
    readonly sizeBytes: number;
    readonly registeredAt: string;
    readonly verifiedAt: string | null;
    readonly tags?: readonly string[];
    readonly facts?: ModelFacts;
    readonly isDirectory: boolean;
    readonly files: readonly BundleFile[];
}
interface BundleProblem {
    readonly index: number;
    readonly id?: ModelId;
    readonly problem: string;
}
interface BundleManifest {
    readonly models: readonly BundleModel[];
    readonly problems: readonly BundleProblem[];
}

declare function parseBundle(text: string, path: string): BundleManifest;

type OptionsParser<T> = (options: unknown) => T;
declare function defineOptions<T extends object>(schema: z.ZodType<T>, root?: string): OptionsParser<T>;
declare function defineOptionalOptions<T extends object>(schema: Partial<T> extends T ? z.ZodType<T> : never, root?: string): OptionsParser<T>;
declare function optionsSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict>;
declare function customSchema<T>(isRight: (value: unknown) => boolean, problem: string): z.ZodType<T, T>;
declare function functionSchema<T extends (...args: never[]) => unknown>(): z.ZodType<T, T>;

interface FileState {
    readonly ino: string;
    readonly sizeBytes: number;
    readonly mtimeNs: string;
    readonly ctimeNs: string;
    readonly birthtimeNs?: string | undefined;
}
interface Fingerprint extends FileState {
    readonly dev: string;
}

declare const LifecycleState: {
    readonly Pending: "Pending";
    readonly Active: "Active";
    readonly Retired: "Retired";
    readonly Failed: "Failed";
};
type LifecycleState = (typeof LifecycleState)[keyof typeof LifecycleState];

type ExtraFields = Readonly<Record<string, unknown>>;
interface ModelFile {
    readonly path: string;
    readonly sizeBytes?: number;
    readonly digest?: Sha256Digest;
    readonly extra?: ExtraFields;
}

interface ModelFileInput {
    readonly path: string;
    readonly sizeBytes?: number | undefined;
    readonly digest?: string | null | undefined;
}

interface EntryUpdateInput {
    readonly name?: string | undefined;
    readonly source?: string | undefined;
    readonly digest?: string | null | undefined;
    readonly digestOrigin?: DeclaredOrigin | undefined;
    readonly sizeBytes?: number | null | undefined;
    readonly file?: string | null | undefined;
    readonly location?: string | null | undefined;
    readonly linksInto?: string | null | undefined;
    readonly files?: readonly ModelFileInput[] | null | undefined;
    readonly tags?: readonly string[] | null | undefined;
}
interface EntryUpdate extends Omit<EntryUpdateInput, 'digest' | 'files'> {
    readonly digest?: Sha256Digest | null | undefined;
    readonly files?: readonly ModelFile[] | null | undefined;
}

declare function parseEntryUpdate(input: unknown): EntryUpdate;

type ListOrder = SortField | `-${SortField}`;
type SortField = 'id' | 'name' | 'size' | 'registeredAt' | 'verifiedAt';

interface TimeRange {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
}
interface SizeRange {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
}
interface CountRange {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
}
interface ListQuery {
    readonly state?: LifecycleState | readonly LifecycleState[] | undefined;
    readonly name?: string | undefined;
    readonly source?: string | undefined;
    readonly digest?: string | undefined;
    readonly file?: string | undefined;
    readonly location?: string | undefined;
    readonly tag?: string | readonly string[] | undefined;
    readonly text?: string | undefined;
    readonly sizeBytes?: SizeRange | undefined;
    readonly architecture?: string | undefined;
    readonly quantisation?: string | undefined;
    readonly parameters?: CountRange | undefined;
    readonly registeredAt?: TimeRange | undefined;
    readonly verifiedAt?: TimeRange | undefined;
    readonly order?: ListOrder | undefined;
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
}

declare const parseListQuery: OptionsParser<ListQuery>;

declare const booleanSchema: z.ZodType<boolean, boolean>;
declare const revisionSchema: z.ZodType<number, number>;
declare const positionSchema: z.ZodType<number, number>;
declare const positiveNumberSchema: z.ZodType<number, number>;
declare const signalSchema: z.ZodType<AbortSignal, AbortSignal>;
declare const textSchema: z.ZodType<string, string>;
declare function uncheckedSchema<T>(): z.ZodType<T, T>;
declare function objectSchema<T extends object>(): z.ZodType<T, T>;
declare function parseText(field: string, value: unknown): string;
declare function parsePosition(value: unknown): number;
type OptionalText = z.ZodOptional<z.ZodType<string, string>>;
declare const attributionShape: {
    readonly actor: OptionalText;
    readonly reason: OptionalText;
};
declare const FEWEST_SEGMENTS = 2;
declare const pruneShape: {
    readonly keepSegments: z.ZodOptional<z.ZodType<number, number>>;
    readonly before: z.ZodOptional<z.ZodType<Date, Date>>;
    readonly dryRun: z.ZodOptional<z.ZodType<boolean, boolean>>;
};
interface Policy$1 {
    requireDeclaredDigest?: boolean | undefined;
    requireDigestOrigin?: readonly DigestOrigin[] | undefined;
    maxEvidenceAgeMs?: number | undefined;
    ctimeChange?: CtimeChange | undefined;
    silentAfterMs?: number | undefined;
}
type CtimeChange = 'stale' | 'trust-mtime';
declare const ctimeChangeSchema: z.ZodType<CtimeChange, CtimeChange>;
declare const policySchema: z.ZodType<Policy$1, Policy$1>;
type Wait = boolean | {
    signal?: AbortSignal | undefined;
};
declare const waitSchema: z.ZodType<Wait, Wait>;

type DedupeMethod = 'reference' | 'hard-link' | 'reflink';

declare const UPKEEP_FINDING_KINDS: readonly ["missing", "absent", "moved", "resized", "changed", "stale", "unverified", "special-file", "unreadable", "shard-missing", "case-collision", "orphan", "leftover", "partial", "quarantined", "retired", "duplicate", "dead-evidence", "clock-ahead"];
type UpkeepFindingKind = (typeof UPKEEP_FINDING_KINDS)[number];
interface UpkeepFinding {
    readonly kind: UpkeepFindingKind;
    readonly id?: ModelId | undefined;
    readonly path: string;
    readonly bytes: number;
    readonly text: string;
}
interface PlannedEntry {
    readonly id: ModelId;
    readonly revision: number;
    readonly state: LifecycleState;
}
interface PlannedFile {
    readonly file: string;
    readonly fingerprint: Fingerprint;
}
type RemovalReason = 'leftover' | 'partial' | 'quarantined' | 'retired' | 'orphan';
type UpkeepAction = {
    readonly kind: 'relocate';
    readonly entry: PlannedEntry;
    readonly to: string;
    readonly files: readonly PlannedFile[];
} | {
    readonly kind: 'reverify';
    readonly entry: PlannedEntry;
    readonly files: readonly {
        readonly path: string;
        readonly fingerprint: Fingerprint;
    }[];
} | {
    readonly kind: 'forget-evidence';
    readonly entry: PlannedEntry;
    readonly paths: readonly string[];
    readonly keys?: readonly string[] | undefined;
} | ({
    readonly kind: 'remove-file';
    readonly why: RemovalReason;
    readonly entries: readonly PlannedEntry[];
    readonly links: number;
    readonly bytes: number;
    readonly lastCopy?: true | undefined;
} & PlannedFile) | {
    readonly kind: 'share-bytes';
    readonly method: DedupeMethod;
    readonly ids: readonly ModelId[];
    readonly digest: Sha256Digest;
    readonly keep: PlannedFile;
    readonly replace: PlannedFile;
    readonly bytes: number;
} | {
    readonly kind: 'finish-sharing';
    readonly file: string;
    readonly replaced: PlannedFile;
    readonly bytes: number;
};
interface UpkeepPlan {
    readonly version: 1;
    readonly node: string;
    readonly at: string;
    readonly findings: readonly UpkeepFinding[];
    readonly actions: readonly UpkeepAction[];
    readonly bytes: number;
}

declare function parsePlan(input: unknown): UpkeepPlan;

interface Attribution {
    readonly actor?: string | undefined;
    readonly reason?: string | undefined;
}
interface Registration extends Attribution {
    readonly id: ModelId;
    readonly source: string;
    readonly digest: Sha256Digest | null;
    readonly digestOrigin?: DeclaredOrigin | undefined;
    readonly name?: string | undefined;
    readonly sizeBytes?: number | undefined;
    readonly file?: string | undefined;
    readonly location?: string | undefined;
    readonly linksInto?: string | undefined;
    readonly files?: readonly ModelFile[] | undefined;
    readonly tags?: readonly string[] | undefined;
}

declare function parseRegistration(input: unknown): Registration;

interface Policy {
    requireDeclaredDigest?: boolean | undefined;
    requireDigestOrigin?: DigestOrigin[] | undefined;
    maxEvidenceAgeMs?: number | undefined;
    ctimeChange?: z.infer<typeof ctimeChangeSchema> | undefined;
    silentAfterMs?: number | undefined;
}
type CheckedPolicyChange = {
    [Name in keyof Policy]: Policy[Name] | null;
};
declare function parsePolicyChange(input: unknown): CheckedPolicyChange;

declare const remarkSchema: z.ZodType<string, string>;
declare const holderSchema: z.ZodType<string, string>;
declare const nodeNameSchema: z.ZodType<string, string>;
declare function parseLifecycleState(value: unknown): LifecycleState;
declare function parseTimeInput(field: string, value: unknown): number;

export {
  FEWEST_SEGMENTS,
  attributionShape,
  booleanSchema,
  customSchema,
  defineOptionalOptions,
  defineOptions,
  functionSchema,
  holderSchema,
  nodeNameSchema,
  objectSchema,
  optionsSchema,
  parseBundle,
  parseEntryUpdate,
  parseLifecycleState,
  parseListQuery,
  parsePlan,
  parsePolicyChange,
  parsePosition,
  parseRegistration,
  parseText,
  parseTimeInput,
  policySchema,
  positionSchema,
  positiveNumberSchema,
  pruneShape,
  remarkSchema,
  revisionSchema,
  signalSchema,
  textSchema,
  uncheckedSchema,
  waitSchema,
};
export type {
  OptionsParser,
};
