/** The staff page, wired. */
import { h, render } from 'preact';
import { routeOf } from './model/route';
import { followHistory, resume } from './state/session';
import { createStaffStore } from './state/staff';
import './ui/styles/base.css';
import './ui/styles/parts.css';
import './ui/styles/staff.css';
import './ui/styles/read.css';
import './ui/styles/review.css';
import './ui/styles/paper.css';
import { StaffApp } from './ui/staff/staffApp';

const store = createStaffStore(routeOf(location.pathname));
const root = document.querySelector('#app');
if (root !== null) {
  followHistory(store);
  render(h(StaffApp, { store }), root);
  void resume(store);
}
