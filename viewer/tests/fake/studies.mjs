/** The studies the fake server holds, as worklist rows and as DICOM JSON. */
const root = '1.2.826.0.1.3680043.8.498.77';
const ct = '1.2.840.10008.5.1.4.1.1.2';
const mr = '1.2.840.10008.5.1.4.1.1.4';

const series = (study, number, modality, description, depth, size, sopClass, axis = 'axial') => ({ uid: `${study}.${number}`, number, modality, description, depth, size, sopClass, axis });

export function makeStudies() {
  const a = `${root}.1`;
  const b = `${root}.2`;
  const studies = [
    {
      uid: a, patientName: 'Doe^Jane^A', patientId: 'LC-1001', birthDate: '19700412', sex: 'F', date: '20261119', time: '104500', accession: 'ACC-90417', description: 'CT chest with contrast',
      series: [series(a, 1, 'CT', 'Scout', 1, 128, ct, 'coronal'), series(a, 2, 'CT', 'Lung 1.0 axial', 160, 128, ct), series(a, 9, 'SR', 'Dose report', 1, 0, '1.2.840.10008.5.1.4.1.1.88.67')],
    },
    {
      uid: b, patientName: 'Muster^Erika', patientId: 'LC-1002', birthDate: '19840105', sex: 'F', date: '20261118', time: '081200', accession: 'ACC-90388', description: 'MR knee left',
      series: [series(b, 1, 'MR', 'T1 TSE sagittal', 24, 96, mr), series(b, 2, 'MR', 'PD fat sat coronal', 30, 96, mr)],
    },
  ];
  const others = [
    ['Okafor^Chidi', 'LC-0977', '19551230', 'M', '20261117', 'CT', 'CT abdomen and pelvis'], ['Lindqvist^Astrid', 'LC-0931', '19920818', 'F', '20261115', 'MR', 'MR brain'],
    ['Tanaka^Hiroshi', 'LC-0904', '19480302', 'M', '20261112', 'CT', 'CT thorax follow-up'], ['Novak^Petra', 'LC-0899', '20010619', 'F', '20261110', 'CR', 'Wrist right, two views'],
  ];
  others.forEach(([patientName, patientId, birthDate, sex, date, modality, description], at) => {
    const uid = `${root}.${at + 10}`;
    studies.push({ uid, patientName, patientId, birthDate, sex, date, time: '093000', accession: `ACC-90${200 + at}`, description, series: [series(uid, 1, modality, description, 12, 96, ct)] });
  });
  // Stored as 12-bit JPEG, which the browser's decoder does not give back exactly.
  studies[2].syntax = '1.2.840.10008.1.2.4.51';
  return studies;
}

export const sopOf = (one, z) => `${one.uid}.${z + 1}`;

const element = (vr, ...Value) => ({ vr, Value });

export const studyJson = (study) => ({
  '00080020': element('DA', study.date), '00080050': element('SH', study.accession), '00081030': element('LO', study.description),
  '00100010': element('PN', { Alphabetic: study.patientName }), '00100020': element('LO', study.patientId), '00100030': element('DA', study.birthDate), '00100040': element('CS', study.sex),
  '0020000D': element('UI', study.uid),
});

export const seriesJson = (study, one) => ({
  '00080060': element('CS', one.modality), '0008103E': element('LO', one.description), '0020000D': element('UI', study.uid), '0020000E': element('UI', one.uid), '00200011': element('IS', one.number),
});

export const heldJson = (study, one, z) => ({ '00080018': element('UI', sopOf(one, z)), '00083002': element('UI', study.syntax ?? '1.2.840.10008.1.2.1') });

export function instanceJson(study, one, z) {
  const base = { ...studyJson(study), ...seriesJson(study, one), '00080016': element('UI', one.sopClass), '00080018': element('UI', sopOf(one, z)), '00200013': element('IS', z + 1) };
  if (one.size === 0) return base;
  const coronal = one.axis === 'coronal';
  return {
    ...base,
    '00080008': element('CS', 'ORIGINAL', 'PRIMARY', 'AXIAL'),
    '00180050': element('DS', 2),
    '00200032': element('DS', ...(coronal ? [-64, -100, 64] : [-64, -64, z * 2])), '00200037': element('DS', ...(coronal ? [1, 0, 0, 0, 0, -1] : [1, 0, 0, 0, 1, 0])), '00200052': element('UI', `${study.uid}.0`),
    '00280002': element('US', 1), '00280004': element('CS', 'MONOCHROME2'), '00280010': element('US', one.size), '00280011': element('US', one.size), '00280030': element('DS', 1, 1),
    '00280100': element('US', 16), '00280101': element('US', 16), '00280102': element('US', 15), '00280103': element('US', 1),
    '00281050': element('DS', 40), '00281051': element('DS', 400), '00281052': element('DS', 0), '00281053': element('DS', 1),
    '7FE00010': { vr: 'OW', BulkDataURI: `/bulk/${sopOf(one, z)}` },
  };
}
