import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DataType,
  type Namespace,
  OPCUACertificateManager,
  OPCUAServer,
  MessageSecurityMode,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  type UAVariable,
  VariantArrayType,
} from 'node-opcua'

setWarningLogger(() => undefined)
setErrorLogger(() => undefined)

export const PLANT = 'urn:test:plant'
export const OTHER = 'urn:test:other'

export interface OpcUaServerOptions {
  readonly port?: number
  /** In the order of the NamespaceArray, behind those of OPC UA and of the server. */
  readonly namespaces?: readonly string[]
  /** Variables of the plant, named P0001 and so on, Double. */
  readonly variables?: number
  readonly limits?: { readonly read?: number; readonly browse?: number; readonly items?: number; readonly itemsPerSubscription?: number }
  readonly maxSessions?: number
  readonly minPublishingInterval?: number
  /** Allows plain text only unless set. */
  readonly secure?: boolean
  /** Beside plain text, when it is secure. */
  readonly policies?: readonly ('Basic256Sha256' | 'Aes128_Sha256_RsaOaep' | 'Aes256_Sha256_RsaPss')[]
  readonly user?: { readonly name: string; readonly password: string }
  readonly folder?: string
  /** Every change is told to whoever asks for a sampling interval of 0; else the server looks every 50 ms and may miss one. */
  readonly exact?: boolean
  /** More to put into the plant's namespace. */
  readonly extend?: (plant: Namespace, server: OPCUAServer) => void
}

/** node-opcua's server, shaped like a controller's: few sessions, small calls. Not independent of the client under test. */
export class TestServer implements AsyncDisposable {
  readonly server: OPCUAServer
  readonly port: number
  readonly certificates: OPCUACertificateManager
  readonly #values: Map<string, UAVariable>
  readonly #folder: string
  readonly #ownFolder: boolean
  #stopped = false

  private constructor(
    server: OPCUAServer,
    port: number,
    certificates: OPCUACertificateManager,
    values: Map<string, UAVariable>,
    folder: string,
    own: boolean,
  ) {
    this.server = server
    this.port = port
    this.certificates = certificates
    this.#values = values
    this.#folder = folder
    this.#ownFolder = own
  }

  static async start(options: OpcUaServerOptions = {}): Promise<TestServer> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'synctide-opcua-server-'))
    const certificates = new OPCUACertificateManager({
      rootFolder: join(folder, 'pki'),
      automaticallyAcceptUnknownCertificate: false,
      disableFileWatchers: true,
    })
    await certificates.initialize()
    const user = options.user
    const server = new OPCUAServer({
      port: options.port ?? 0,
      hostname: '127.0.0.1',
      // a controller names a host that nobody else can resolve
      advertisedEndpoints: [],
      serverCertificateManager: certificates,
      userCertificateManager: certificates,
      securityPolicies:
        options.secure === true
          ? [SecurityPolicy.None, ...(options.policies ?? ['Basic256Sha256', 'Aes256_Sha256_RsaPss']).map((name) => SecurityPolicy[name])]
          : [SecurityPolicy.None],
      securityModes:
        options.secure === true
          ? [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt]
          : [MessageSecurityMode.None],
      allowAnonymous: user === undefined,
      ...(user === undefined
        ? {}
        : { userManager: { isValidUser: (name: string, password: string) => name === user.name && password === user.password } }),
      maxConnectionsPerEndpoint: 50,
      serverCapabilities: {
        maxSessions: options.maxSessions ?? 10,
        ...(options.exact === true ? { minSupportedSampleRate: 1 } : {}),
        ...(options.limits?.itemsPerSubscription === undefined
          ? {}
          : { maxMonitoredItemsPerSubscription: options.limits.itemsPerSubscription }),
        operationLimits: {
          maxNodesPerRead: options.limits?.read ?? 100,
          maxNodesPerBrowse: options.limits?.browse ?? 100,
          maxMonitoredItemsPerCall: options.limits?.items ?? 100,
        },
      },
    })
    await server.initialize()
    const values = new Map<string, UAVariable>()
    const space = server.engine.addressSpace
    if (space === null) throw new Error('the server has no address space')
    for (const uri of options.namespaces ?? [PLANT]) space.registerNamespace(uri)
    const index = space.getNamespaceIndex(PLANT)
    if (index > 0) addPlant(space.getNamespace(index) as Namespace, options, values, server)
    await server.start()
    const port = server.endpoints[0]?.port ?? 0
    return new TestServer(server, port, certificates, values, folder, options.folder === undefined)
  }

  get endpointUrl(): string {
    return `opc.tcp://127.0.0.1:${this.port}`
  }

  get sessions(): number {
    return this.server.engine.currentSessionCount
  }

  /** Sets a variable by its name, with the source's time as given or now. */
  set(name: string, value: unknown, sourceTimestamp = new Date()): void {
    const variable = this.#values.get(name)
    if (variable === undefined) throw new Error(`no variable ${name}`)
    const { dataType, arrayType } = variable.readValue().value
    variable.setValueFromSource({ dataType, arrayType, value }, undefined, sourceTimestamp)
  }

  variable(name: string): UAVariable {
    const variable = this.#values.get(name)
    if (variable === undefined) throw new Error(`no variable ${name}`)
    return variable
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.server.shutdown(0)
    await this.certificates.dispose()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    if (this.#ownFolder) rmSync(this.#folder, { recursive: true, force: true })
  }
}

function addPlant(plant: Namespace, options: OpcUaServerOptions, values: Map<string, UAVariable>, server: OPCUAServer): void {
  const folder = plant.addFolder('ObjectsFolder', { browseName: 'Plant', nodeId: 's=Plant' })
  const add = (name: string, dataType: DataType, value: unknown, arrayType = VariantArrayType.Scalar): void => {
    const variable = plant.addVariable({
      componentOf: folder,
      browseName: name,
      nodeId: `s=${name}`,
      dataType,
      valueRank: arrayType === VariantArrayType.Scalar ? -1 : 1,
      ...(arrayType === VariantArrayType.Scalar ? {} : { arrayDimensions: [0] }),
      minimumSamplingInterval: options.exact === true ? 0 : 10,
    })
    variable.setValueFromSource({ dataType, arrayType, value })
    values.set(name, variable)
  }
  for (let i = 1; i <= (options.variables ?? 0); i++) add(`P${String(i).padStart(4, '0')}`, DataType.Double, i)
  add('Flow', DataType.Double, 12.5)
  add('Running', DataType.Boolean, true)
  add('Total', DataType.UInt64, [0xffff_ffff, 0xffff_fffe])
  add('Signed', DataType.Int64, [0xffff_ffff, 0xffff_fffb])
  add('Text', DataType.String, 'Störung')
  add('Levels', DataType.Int32, new Int32Array([10, 20, 30, 40]), VariantArrayType.Array)
  add('Odd[2]', DataType.Double, 7)
  options.extend?.(plant, server)
}
