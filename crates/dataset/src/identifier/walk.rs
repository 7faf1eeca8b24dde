//! An identifier from its first element to its last, without recursion.

use std::collections::btree_map;
use std::slice;

use dicom_core::VR;

use super::{Identifier, Value};
use crate::element::Tag;

/// What is met on the way; calls are properly nested.
pub(super) enum Step<'a> {
    Element(Tag, VR, &'a Value),
    OpenSequence(Tag),
    OpenItem,
    CloseItem,
    CloseSequence,
}

enum Frame<'a> {
    Elements(btree_map::Iter<'a, Tag, (VR, Value)>),
    Items(slice::Iter<'a, Identifier>),
}

/// Visits every element, at every depth. The first error ends it.
pub(super) fn walk<'a, E>(
    root: &'a Identifier,
    mut visit: impl FnMut(Step<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut frames = vec![Frame::Elements(root.elements.iter())];
    while let Some(frame) = frames.last_mut() {
        match frame {
            Frame::Elements(elements) => match elements.next() {
                Some((tag, (_, Value::Items(items)))) => {
                    visit(Step::OpenSequence(*tag))?;
                    frames.push(Frame::Items(items.iter()));
                }
                Some((tag, (vr, value))) => visit(Step::Element(*tag, *vr, value))?,
                None => {
                    frames.pop();
                    if !frames.is_empty() {
                        visit(Step::CloseItem)?;
                    }
                }
            },
            Frame::Items(items) => {
                if let Some(item) = items.next() {
                    visit(Step::OpenItem)?;
                    frames.push(Frame::Elements(item.elements.iter()));
                } else {
                    frames.pop();
                    visit(Step::CloseSequence)?;
                }
            }
        }
    }
    Ok(())
}
