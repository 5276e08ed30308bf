/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role -- a select cannot stand below a text that is being written */
import { Textarea } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { FUNCTION_NAMES } from '#calc/formula/functions.ts'
import { WINDOW_FUNCTIONS } from '#calc/window.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { type Completion, completed, completionAt } from './formula-completion.ts'
import { FormulaLive } from './formula-live.tsx'
import './formula.css'

const FUNCTIONS: readonly string[] = [...FUNCTION_NAMES, ...WINDOW_FUNCTIONS].toSorted()

interface Props {
  readonly value: string
  readonly required?: boolean
  readonly unit: string
  readonly error?: string | undefined
  readonly onChange: (text: string) => void
}

/** A formula: names are completed, every reference shows its value and quality, and the result is live. */
export function FormulaField({ value, required = false, unit, error, onChange }: Props): ReactNode {
  const t = useT()
  const { devices, tags } = useSession()
  const field = useRef<HTMLTextAreaElement>(null)
  const [offered, setOffered] = useState<Completion | null>(null)
  const [chosen, setChosen] = useState(0)
  const list = useId()
  const names = useMemo(() => {
    const codes = new Map(devices.map((device) => [device.id, device.code]))
    return tags.map((tag) => `${codes.get(tag.deviceId) ?? ''}:${tag.name}`)
  }, [devices, tags])

  const offer = (text: string, caret: number): void => {
    setOffered(completionAt(text, caret, names, FUNCTIONS))
    setChosen(0)
  }
  const take = (completion: Completion, option: string): void => {
    const { text, caret } = completed(value, completion, option)
    onChange(text)
    setOffered(null)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(caret, caret)
    })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (offered === null) return
    const option = offered.options[chosen]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : offered.options.length - 1
      setChosen((chosen + step) % offered.options.length)
    } else if ((event.key === 'Enter' || event.key === 'Tab') && option !== undefined) take(offered, option)
    else if (event.key === 'Escape') setOffered(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="formula">
      <div className="formula-entry">
        <Textarea
          ref={field}
          label={t('rules.formula')}
          description={t('rules.formulaHint')}
          required={required}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4096}
          spellCheck={false}
          value={value}
          error={error}
          aria-autocomplete="list"
          aria-controls={offered === null ? undefined : list}
          aria-activedescendant={offered === null ? undefined : `${list}-${chosen}`}
          onChange={(event) => {
            onChange(event.currentTarget.value)
            offer(event.currentTarget.value, event.currentTarget.selectionStart)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOffered(null)}
          onClick={(event) => offer(value, event.currentTarget.selectionStart)}
        />
        {offered !== null && (
          <ul id={list} className="formula-options" role="listbox" aria-label={t('formula.options')}>
            {offered.options.map((option, index) => (
              <li
                key={option}
                id={`${list}-${index}`}
                role="option"
                aria-selected={index === chosen}
                // before the field loses the focus
                onMouseDown={(event) => {
                  event.preventDefault()
                  take(offered, option)
                }}
              >
                {option}
              </li>
            ))}
          </ul>
        )}
      </div>
      {value.trim() !== '' && <FormulaLive text={value} unit={unit} names={names} />}
    </div>
  )
}
