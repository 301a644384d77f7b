import type { ConnectionOptions } from 'node:tls'

/** TLS of a connection: options of `tls.connect`, which `pg` passes on. Certificates and keys are PEM. */
export interface PostgresTlsOptions {
  /** Whom to trust instead of the authorities that Node.js knows. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The certificate of this client. */
  readonly cert?: string | Uint8Array | undefined
  /** The key to `cert`. */
  readonly key?: string | Uint8Array | undefined
  /** Of `key`. */
  readonly passphrase?: string | undefined
  /** The name that the certificate of the server must have; default: the host. */
  readonly servername?: string | undefined
  /** Whether a server whose certificate is not trusted is refused. Default true. */
  readonly rejectUnauthorized?: boolean | undefined
  readonly minVersion?: 'TLSv1.3' | 'TLSv1.2' | undefined
  readonly ciphers?: string | undefined
}

/** As Node.js takes them: its types know no bytes but those of a Buffer, and must not be in the types of this package. */
export function toNodeTlsOptions({ ca, cert, key, ...others }: PostgresTlsOptions): ConnectionOptions {
  return {
    ...others,
    ...(ca !== undefined && { ca: [ca].flat().map(toPem) }),
    ...(cert !== undefined && { cert: toPem(cert) }),
    ...(key !== undefined && { key: toPem(key) }),
  }
}

function toPem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text)
}
