// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

type Damage = 'empty' | 'truncated' | 'zeroed-tail' | 'zeroed' | 'flipped-bit' | 'bad-header' | 'html-page' | 'lfs-pointer';
declare function damageModel(bytes: Uint8Array, damage: Damage): Buffer;

interface SampleOptions {
    readonly sizeBytes?: number | undefined;
    readonly tensors?: number | undefined;
    readonly metadata?: Readonly<Record<string, string | number>> | undefined;
}

type Seed = number | string;

declare function sampleGguf(seed: Seed, options?: SampleOptions): Buffer;
declare function sampleGgufHead(seed: Seed, options?: SampleOptions): Buffer;

declare function sampleSafetensors(seed: Seed, options?: SampleOptions): Buffer;

interface ShardOptions {
    readonly format: 'gguf' | 'safetensors';
    readonly count: number;
    readonly sizeBytes?: number | undefined;
    readonly name?: string | undefined;
}
declare function sampleShards(seed: Seed, options: ShardOptions): ReadonlyMap<string, Buffer>;

export {
  damageModel,
  sampleGguf,
  sampleGgufHead,
  sampleSafetensors,
  sampleShards,
};
export type {
  Damage,
  SampleOptions,
  Seed,
  ShardOptions,
};
