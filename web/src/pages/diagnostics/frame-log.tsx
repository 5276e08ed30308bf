import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Device } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { type VirtualHandle, VirtualRows } from '../../widgets/virtual-rows.tsx'
import type { Diagnostics, Frame } from './diagnostics-query.ts'
import { FrameRow } from './frame-row.tsx'
import { frameFile } from './frame-file.ts'
import { saveFile } from '../../format/save-file.ts'
import { useFrames } from './use-frames.ts'

type Direction = 'both' | Frame['direction']

/** What goes over the wire, as it goes: in words, with the bytes at hand, and as a file for a colleague. */
export function FrameLog({ device, diagnostics }: { device: Device; diagnostics: Diagnostics | undefined }): ReactNode {
  const t = useT()
  const { timeZone, locale } = useSession()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const [paused, setPaused] = useState(false)
  const { frames, missed, error } = useFrames(device.id, paused)
  const [text, setText] = useState('')
  const [direction, setDirection] = useState<Direction>('both')
  const [open, setOpen] = useState<Frame | null>(null)
  const handle = useRef<VirtualHandle>(null)
  const wanted = text.trim().toLowerCase()
  const shown = frames.filter(
    (frame) =>
      (direction === 'both' || frame.direction === direction) &&
      (wanted === '' || frame.text.toLowerCase().includes(wanted) || frame.hex.includes(wanted.replaceAll(' ', ''))),
  )
  // follows the newest until somebody stops it or looks at one
  const follow = !paused && open === null
  const newest = shown.at(-1)?.seq
  useEffect(() => {
    if (follow) handle.current?.show(shown.length - 1)
  }, [follow, newest, shown.length])
  const opened = open === null ? -1 : shown.findIndex((frame) => frame.seq === open.seq)
  useEffect(() => {
    if (opened !== -1) handle.current?.show(opened)
  }, [opened])

  return (
    <section className="card frame-log" aria-label={t('diag.frames')}>
      <div className="frame-tools">
        <Button
          variant="default"
          leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? t('diag.goOn') : t('diag.pause')}
        </Button>
        <TextInput
          className="grow"
          aria-label={t('diag.filter')}
          placeholder={t('diag.filter')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={t('diag.direction')}
          value={direction}
          onChange={(value) => setDirection(value === 'sent' || value === 'received' ? value : 'both')}
          data={[
            { value: 'both', label: t('diag.both') },
            { value: 'sent', label: t('diag.sent') },
            { value: 'received', label: t('diag.received') },
          ]}
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={frames.length === 0}
          onClick={() => saveFile(`${device.code}-frames.txt`, frameFile({ device, diagnostics, frames: shown, missed, locale, timeZone }))}
        >
          {t('diag.saveFile')}
        </Button>
      </div>
      <ErrorNote error={error} />
      {missed > 0 && <p className="meta frame-missed">{t('diag.missed', { count: missed })}</p>}
      {shown.length === 0 ? (
        <EmptyState title={frames.length === 0 ? t('diag.noFrames') : t('diag.noFrameMatches')} hint={t('diag.framesHint')} />
      ) : (
        <VirtualRows
          handle={handle}
          className="frame-list"
          listLabel={t('diag.frames')}
          count={shown.length}
          rowHeight={phone ? 52 : 28}
          renderRow={(index, style) => {
            const frame = shown[index]
            return frame === undefined ? null : (
              <FrameRow
                key={frame.seq}
                frame={frame}
                open={open?.seq === frame.seq}
                style={style}
                onOpen={() => setOpen(open?.seq === frame.seq ? null : frame)}
              />
            )
          }}
        />
      )}
      {open !== null && (
        <div className="frame-bytes">
          <strong>{open.text}</strong>
          <textarea
            readOnly
            wrap="off"
            rows={Math.min(10, Math.ceil(open.hex.length / 32))}
            aria-label={t('diag.bytes')}
            value={hexDump(open.hex)}
          />
          {open.length > open.hex.length / 2 && <p className="meta">{t('diag.cut', { kept: open.hex.length / 2, length: open.length })}</p>}
        </div>
      )}
    </section>
  )
}

/** Sixteen bytes a line, with their offset and what of them is text. */
function hexDump(hex: string): string {
  const lines: string[] = []
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? []
    const letters = bytes.map((byte) => {
      const code = Number.parseInt(byte, 16)
      return code >= 32 && code < 127 ? String.fromCharCode(code) : '.'
    })
    lines.push(`${(at / 2).toString(16).padStart(4, '0')}  ${bytes.join(' ').padEnd(47)}  ${letters.join('')}`)
  }
  return lines.join('\n')
}
