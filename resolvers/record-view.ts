/** What stands beside graphs in the catalogue, as the schema spells it. */

import type { AnnotationType } from '../schema/annotation.type.js'
import type { ImportRecordType } from '../schema/import-record.type.js'
import type { JobType } from '../schema/job.type.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { Job } from '../src/domain/job.js'
import type { Annotation, ImportRecord } from '../src/domain/records.js'

type Named<Name extends string, Type> = Type & { readonly __typename: Name }
export type JobView = Named<'Job', JobType> & {
  readonly circuitIds: readonly string[]
  readonly modelIds: readonly string[]
  readonly taskIds: readonly string[]
}

export function jobView(job: Job): JobView {
  return { ...job, __typename: 'Job', id: printGlobalId('job', job.id) }
}

export function annotationView(annotation: Annotation): Named<'Annotation', AnnotationType> {
  return {
    ...annotation,
    __typename: 'Annotation',
    id: printGlobalId('annotation', annotation.id),
    circuitId: printGlobalId('circuit', annotation.circuitId),
    members: [...annotation.members],
  }
}

/** `subject` says what the record belongs to, since records of circuits and models look alike. */
export function importView(
  record: ImportRecord,
  subject: 'circuit' | 'model',
): Named<'ImportRecord', ImportRecordType> {
  return {
    ...record,
    __typename: 'ImportRecord',
    id: printGlobalId('import', `${record.subjectId}.${record.id}`),
    subjectId: printGlobalId(subject, record.subjectId),
    files: [...record.files],
    findings: [...record.findings],
  }
}
