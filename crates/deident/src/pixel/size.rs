//! How large a codestream says that its image is: ITU-T T.800 section A.5.1.

/// What the object says of its frames, where it does.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    /// Rows (0028,0010).
    pub(crate) rows: Option<u32>,
    /// Columns (0028,0011).
    pub(crate) columns: Option<u32>,
}

impl Size {
    /// Whether an image may be one of the frames.
    pub(super) fn fits(self, width: u32, height: u32) -> bool {
        let most = u32::from(u16::MAX);
        let is = |said: Option<u32>, len| {
            (1..=most).contains(&len) && said.is_none_or(|said| said == len)
        };
        is(self.columns, width) && is(self.rows, height)
    }
}

/// Components that the size of image and tiles tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Components {
    pub(super) count: u16,
    /// Bits of the deepest.
    pub(super) bits: u8,
}

/// Reads the size of image and tiles; `None` if it is none, or none of a frame.
pub(super) fn components(value: &[u8], size: Size) -> Option<Components> {
    let (head, components) = value.split_at_checked(36)?;
    let ([capabilities, grid @ .., count], []) = head.as_chunks::<2>() else { return None };
    let count = u16::from_be_bytes(*count);
    let (components, rest) = components.as_chunks::<3>();
    let bits = components.iter().map(|[depth, _, _]| (depth & 0x7F) + 1).max()?;
    let is_one = rest.is_empty()
        && components.len() == usize::from(count)
        && components.iter().all(|[depth, x, y]| depth & 0x7F < 38 && is_step(*x) && is_step(*y))
        && is_profile(u16::from_be_bytes(*capabilities))
        && is_grid(grid, size);
    is_one.then_some(Components { count, bits })
}

/// Subsampling; nobody leaves out more.
const fn is_step(step: u8) -> bool {
    matches!(step, 1..=4)
}

/// Profiles of T.800 table A.10 and its amendments, which T.814 marks with a bit, or extensions of
/// T.801.
const fn is_profile(capabilities: u16) -> bool {
    matches!(capabilities & !0x4000, 0..=7 | 0x8000..=0x8FFF)
        || matches!(capabilities & 0xBF00, 0x0100..=0x0900) && capabilities & 0x0F <= 11
}

/// Whether the image and its tiles lie on the grid as those of a frame.
fn is_grid(grid: &[[u8; 2]], size: Size) -> bool {
    let (numbers, rest) = grid.as_chunks::<2>();
    let numbers: Vec<u32> =
        numbers.iter().map(|&[[a, b], [c, d]]| u32::from_be_bytes([a, b, c, d])).collect();
    let [right, bottom, left, top, tile_width, tile_height, tile_left, tile_top] = *numbers else {
        return false;
    };
    let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
    let axis = |len: u32, start: u32, tile: u32, tile_start: u32| {
        start <= len
            && tile_start <= start
            && (tile <= start.saturating_add(len) || tile.is_power_of_two() || tile == u32::MAX)
            && u64::from(tile_start) + u64::from(tile) > u64::from(start)
    };
    // Numbers of the image itself say no more than its size.
    let chosen = [left, top, tile_width, tile_height, tile_left, tile_top];
    let letters = chosen
        .iter()
        .filter(|number| ![width, height, right, bottom].contains(number) && is_letters(**number));
    rest.is_empty()
        && size.fits(width, height)
        && axis(width, left, tile_width, tile_left)
        && axis(height, top, tile_height, tile_top)
        && letters.count() <= 1
}

/// Whether all bytes of a number but zeros in front are characters, two at least.
fn is_letters(number: u32) -> bool {
    let bytes = number.to_be_bytes();
    let mut said = bytes.iter().skip_while(|byte| **byte == 0);
    number > 0xFF && said.all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Size = Size { rows: Some(300), columns: Some(400) };

    fn size(capabilities: u16, grid: [u32; 8], components: &[[u8; 3]]) -> Vec<u8> {
        let count = u16::try_from(components.len()).unwrap().to_be_bytes();
        let grid: Vec<u8> = grid.into_iter().flat_map(u32::to_be_bytes).collect();
        [&capabilities.to_be_bytes()[..], &grid, &count, &components.concat()].concat()
    }

    const GRID: [u32; 8] = [400, 300, 0, 0, 400, 300, 0, 0];

    #[test]
    fn the_deepest_component_counts() {
        let of = |components: &[[u8; 3]]| {
            let found = super::components(&size(0, GRID, components), FRAME);
            found.map(|found| (found.count, found.bits))
        };
        assert_eq!(of(&[[7, 1, 1]]), Some((1, 8)));
        assert_eq!(of(&[[0x8B, 1, 1], [7, 2, 2]]), Some((2, 12)));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[[7, b'Q', 1]]), None);
        assert_eq!(of(&[[b'Q', 1, 1]]), None);
        let long = [&size(0, GRID, &[[7, 1, 1]])[..], b"Bo^"].concat();
        assert_eq!(components(&long, FRAME), None);
        assert_eq!(components(b"Quillerby", FRAME), None);
    }

    #[track_caller]
    fn check(capabilities: u16, grid: [u32; 8], said: Size, expected: bool) {
        let found = components(&size(capabilities, grid, &[[7, 1, 1]]), said).is_some();
        assert_eq!(found, expected, "{capabilities:04X} {grid:?} {said:?}");
    }

    #[test]
    fn the_grid_is_that_of_a_frame() {
        let quill = u32::from_be_bytes(*b"Quil");
        check(0, GRID, FRAME, true);
        check(0, GRID, Size::default(), true);
        check(0, GRID, Size { rows: Some(301), ..FRAME }, false);
        check(0, GRID, Size { columns: Some(300), ..FRAME }, false);
        check(0, [400, 300, 0, 0, 256, 256, 0, 0], FRAME, true);
        check(0, [400, 300, 0, 0, 1 << 31, u32::MAX, 0, 0], FRAME, true);
        check(0, [405, 307, 5, 7, 128, 128, 5, 0], FRAME, true);
        check(0, [400, 300, 0, 0, 0, 300, 0, 0], FRAME, false);
        check(0, [400, 300, 0, 0, quill, quill, 0, 0], FRAME, false);
        check(0, [405, 307, 5, 7, 128, 128, 6, 0], FRAME, false);
        check(0, [400 + quill, 300, quill, 0, 400, 300, 0, 0], FRAME, false);
        let text = *b"Quillerby^Anne 1976-09-04 MRN 77";
        let (words, _) = text.as_chunks::<4>();
        let said: Vec<u32> = words.iter().map(|word| u32::from_be_bytes(*word)).collect();
        check(0, said.try_into().unwrap(), Size::default(), false);
        // Two letters in each of the numbers.
        let large = Size { rows: Some(0x7000), columns: Some(0x7001) };
        let [left, top] = [u32::from_be_bytes(*b"\0\0Qu"), u32::from_be_bytes(*b"\0\0il")];
        check(0, [left + 0x7001, top + 0x7000, left, top, 0x7001, 0x7000, 0, 0], large, false);
    }

    #[test]
    fn capabilities_are_profiles() {
        for (capabilities, expected) in [
            (2, true),
            (0x4000, true),
            (0x0105, true),
            (0x8100, true),
            (0x0A00, false),
            (0x5175, false),
            (0x3136, false),
        ] {
            check(capabilities, GRID, FRAME, expected);
        }
    }
}
