declare module 'parse-prometheus-text-format' {
  interface ParsedMetric {
    readonly labels?: Readonly<Record<string, string>>
    readonly value?: string
    readonly buckets?: Readonly<Record<string, string>>
    readonly count?: string
    readonly sum?: string
  }
  interface ParsedFamily {
    readonly name: string
    readonly help: string
    readonly type: string
    readonly metrics: readonly ParsedMetric[]
  }
  // biome-ignore lint/style/noDefaultExport: it is how the library exports it
  export default function parse(text: string): readonly ParsedFamily[]
}
