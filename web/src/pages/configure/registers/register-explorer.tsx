import { Button, Modal, NumberInput, Switch, TextInput } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconRefresh } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { asError } from '#base/errors.ts'
import { formatAddress, parseAddress } from '#drivers/modbus/core/address.ts'
import { BYTE_ORDERS, type Layout } from '#drivers/modbus/core/decode.ts'
import { interpretBlock } from '#drivers/modbus/core/interpret.ts'
import { proposeTag, type DeviceOrders } from '#drivers/modbus/core/propose-tag.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { inWords, useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import type { DeviceForm } from '../devices/device-draft.ts'
import { FindPanel } from './find-panel.tsx'
import { PANEL_REGISTERS, ReadingsPanel } from './readings-panel.tsx'
import { RegisterTable } from './register-table.tsx'
import { type Span, useRegisters } from './use-registers.ts'
import './registers.css'

const TagDialog = onDemand(async () => (await import('../devices/tag-dialog.tsx')).TagDialog)

interface Props {
  /** As it stands in its form. */
  readonly form: DeviceForm
  /** The saved device that tags are added to; null before the first save. */
  readonly device: Device | null
  readonly tags: readonly Tag[]
  readonly onClose: () => void
}

const COUNT = 40
/** As they are written the world over. */
const ADDRESSES = '40001, HR100, 30001, IR0, C0, DI0'

/** Raw registers of a Modbus device, live, in every way they could be read; one click makes the tag. */
export function RegisterExplorer({ form, device, tags, onClose }: Props): ReactNode {
  const t = useT()
  const orders = useMemo(() => ordersOf(form.connection), [form.connection])
  const [address, setAddress] = useState(() => tags[0]?.address ?? '40001')
  const [count, setCount] = useState(COUNT)
  const [span, setSpan] = useState<Span | null>(() => spanOf(address, COUNT, orders.addressOffset).span)
  const [live, setLive] = useState(true)
  const [round, setRound] = useState(0)
  const [chosen, setChosen] = useState(0)
  const [making, setMaking] = useState<Partial<Tag> | null>(null)
  const wrong = useMemo(() => spanOf(address, count, orders.addressOffset).problem, [address, count, orders])
  const { history, holes, millis, error, busy } = useRegisters(form, span, live, round)
  const bits = span !== null && span.functionCode < 3
  const readings = useMemo(() => (bits ? [] : interpretBlock(history)), [history, bits])
  const registers = history.at(-1) ?? []
  const tagNames = useMemo(() => namesByAddress(tags, span, orders.addressOffset), [tags, span, orders])

  const read = (text: string): void => {
    const next = spanOf(text, count, orders.addressOffset).span
    if (next === null) return
    setSpan(next)
    setChosen(0)
    setRound(round + 1)
  }
  const turn = (direction: 1 | -1): void => {
    if (span === null) return
    const start = Math.max(0, Math.min(0x10000 - span.count, span.start + direction * span.count))
    const text = formatAddress({ functionCode: span.functionCode, start, bit: null }, orders.addressOffset)
    setAddress(text)
    setSpan({ ...span, start })
    setChosen(0)
  }
  const around = (text: string): void => {
    const { span: there } = spanOf(text, 1, orders.addressOffset)
    if (there === null) return
    const start = Math.max(0, Math.min(0x10000 - count, there.start - Math.floor(count / 4)))
    setAddress(formatAddress({ functionCode: there.functionCode, start, bit: null }, orders.addressOffset))
    setSpan({ functionCode: there.functionCode, start, count })
    setChosen(there.start - start)
  }
  const make = (index: number, layout: Layout, scale = 1, decimals?: number): void => {
    if (span === null) return
    const proposal = proposeTag({ functionCode: span.functionCode, start: span.start + index }, layout, orders, scale, decimals)
    setMaking({ ...proposal, settings: { ...proposal.settings } })
  }
  const register = registers[chosen]
  return (
    <>
      <Modal.Root opened onClose={onClose} fullScreen trapFocus={making === null} closeOnEscape={making === null}>
        <Modal.Overlay />
        <Modal.Content>
          <div className="dialog-head">
            <Modal.Title>{t('explore.title')}</Modal.Title>
            <Modal.CloseButton aria-label={t('action.close')} />
          </div>
          <Modal.Body className="explorer">
            <form
              className="explorer-controls"
              onSubmit={(event) => {
                event.preventDefault()
                // to React it stands inside the form of the device, which is not to be saved by a look
                event.stopPropagation()
                read(address)
              }}
            >
              <TextInput
                label={t('explore.from')}
                description={ADDRESSES}
                value={address}
                error={wrong}
                onChange={(event) => setAddress(event.currentTarget.value)}
                data-autofocus
              />
              <NumberInput
                label={t('explore.count')}
                description={t('explore.countHint')}
                min={1}
                max={125}
                allowDecimal={false}
                clampBehavior="strict"
                value={count}
                onChange={(value) => setCount(typeof value === 'number' ? value : COUNT)}
              />
              <div className="row explorer-buttons">
                <Button
                  type="submit"
                  leftSection={<IconRefresh size={16} aria-hidden />}
                  disabled={wrong !== null}
                  loading={busy && history.length === 0}
                >
                  {t('explore.read')}
                </Button>
                <Button variant="default" aria-label={t('explore.before')} px={10} onClick={() => turn(-1)}>
                  <IconChevronLeft size={18} aria-hidden />
                </Button>
                <Button variant="default" aria-label={t('explore.after')} px={10} onClick={() => turn(1)}>
                  <IconChevronRight size={18} aria-hidden />
                </Button>
                <Switch label={t('explore.live')} checked={live} onChange={(event) => setLive(event.currentTarget.checked)} />
                <span className="meta numeric">{millis !== null && t('explore.took', { millis, holes: holes.size })}</span>
              </div>
            </form>
            <ErrorNote error={error} />
            {span !== null && registers.length > 0 && (
              <div className="explorer-panes" data-stale={error !== null || undefined}>
                <div className="explorer-side">
                  {!bits && (
                    <FindPanel
                      span={span}
                      addressOffset={orders.addressOffset}
                      readings={readings}
                      onChoose={setChosen}
                      onGo={around}
                      onPick={device === null ? null : (hit) => make(hit.index, hit.layout, hit.scale, hit.decimals)}
                    />
                  )}
                  {register !== undefined && register !== null && !bits && (
                    <ReadingsPanel
                      span={span}
                      addressOffset={orders.addressOffset}
                      index={chosen}
                      register={register}
                      following={registers.slice(chosen + 1, chosen + PANEL_REGISTERS)}
                      readings={readings[chosen]?.readings ?? []}
                      onPick={device === null ? null : (layout) => make(chosen, layout)}
                    />
                  )}
                  {register !== undefined && register !== null && bits && device !== null && (
                    <Button variant="default" onClick={() => make(chosen, BIT)}>
                      {t('explore.makeTagAt', {
                        address: formatAddress(
                          { functionCode: span.functionCode, start: span.start + chosen, bit: null },
                          orders.addressOffset,
                        ),
                        type: 'bool',
                      })}
                    </Button>
                  )}
                </div>
                <div className="explorer-table table-wrap">
                  <RegisterTable
                    span={span}
                    addressOffset={orders.addressOffset}
                    registers={registers}
                    holes={holes}
                    readings={readings}
                    tagNames={tagNames}
                    chosen={chosen}
                    onChoose={setChosen}
                  />
                </div>
              </div>
            )}
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
      {device !== null && making !== null && <TagDialog device={device} tag={null} start={making} onClose={() => setMaking(null)} />}
    </>
  )
}

const BIT: Layout = { dataType: 'bool', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

function spanOf(text: string, count: number, addressOffset: 0 | 1): { span: Span | null; problem: string | null } {
  try {
    const { functionCode, start } = parseAddress(text, { addressOffset })
    return { span: { functionCode, start: Math.min(start, 0x10000 - count), count }, problem: null }
  } catch (error) {
    return { span: null, problem: inWords(asError(error).message) }
  }
}

function ordersOf(connection: Readonly<Record<string, unknown>>): DeviceOrders {
  return {
    addressOffset: connection['addressOffset'] === 1 ? 1 : 0,
    byteOrder: BYTE_ORDERS.find((one) => one === connection['byteOrder']) ?? 'ABCD',
    byteSwap: connection['byteSwap'] === true,
  }
}

/** Which addresses are tags already. */
function namesByAddress(tags: readonly Tag[], span: Span | null, addressOffset: 0 | 1): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const tag of tags) {
    try {
      const { functionCode, start } = parseAddress(tag.address, { addressOffset })
      if (functionCode !== span?.functionCode) continue
      const known = names.get(start)
      names.set(start, known === undefined ? tag.name : `${known}, ${tag.name}`)
    } catch {
      // an address that a newer driver wrote: it is no tag that we could show
    }
  }
  return names
}
