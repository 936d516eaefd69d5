/** How a user can change the port and the host. */
export interface ListenRemedies {
  readonly port: string
  readonly host: string
}

/** Returns why a port could not be opened, with the remedy. Returns any other error unchanged. */
export function listenFailure(cause: unknown, remedies: ListenRemedies): unknown {
  const { code, port, address, hostname } = (cause ?? {}) as NodeJS.ErrnoException & {
    readonly port?: number
    readonly address?: string
    readonly hostname?: string
  }
  switch (code) {
    case 'EADDRINUSE':
      return new Error(`port ${port} is in use; ${remedies.port}`)
    case 'EACCES':
      return new Error(`port ${port} is not open to this user; ${remedies.port}`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(`"${hostname ?? address}" is not an address of this machine; ${remedies.host}`)
    default:
      return cause
  }
}
