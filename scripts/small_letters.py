# SPDX-License-Identifier: Apache-2.0
"""Small letters for pictures: lower case, digits and a little punctuation, 5 x 8 pixels each."""

import numpy

# Several letters side by side, six columns each, with the text they spell above them.
_DRAWN = [
    ("abcdefghijklm",
     "      #               #         ##        #       #      #  #      ##        ",
     "      #               #        #          #                 #       #        ",
     " ###  ####   ###   ####  ###  ####   #### ####   ##     ##  #  #    #   ## # ",
     "    # #   # #     #   # #   #  #    #   # #   #   #      #  # #     #   # # #",
     " #### #   # #     #   # #####  #    #   # #   #   #      #  ##      #   # # #",
     "#   # #   # #   # #   # #      #     #### #   #   #      #  # #     #   # # #",
     " #### ####   ###   ####  ###   #        # #   #  ###  #  #  #  #   ###  # # #",
     "                                     ###               ##                    "),
    ("nopqrstuvwxyz",
     "                                     #                                       ",
     "                                     #                                       ",
     "####   ###  ####   #### # ##   #### ####  #   # #   # #   # #   # #   # #####",
     "#   # #   # #   # #   # ##  # #      #    #   # #   # # # #  # #  #   #    # ",
     "#   # #   # #   # #   # #      ###   #    #   # #   # # # #   #   #   #   #  ",
     "#   # #   # ####   #### #         #  #  # #   #  # #  # # #  # #   ####  #   ",
     "#   #  ###  #         # #     ####    ##   ####   #    # #  #   #     # #####",
     "            #         #                                            ###       "),
    ("0123456789-,.",
     " ###    #    ###  #####    #  #####   ##  #####  ###   ###                   ",
     "#   #  ##   #   #    #    ##  #      #        # #   # #   #                  ",
     "#  ##   #       #   ##   # #  ####  #        #  #   # #   #                  ",
     "# # #   #     ##      # #  #      # ####    #    ###   ####  ###             ",
     "##  #   #    #        # #####     # #   #  #    #   #     #                  ",
     "#   #   #   #     #   #    #  #   # #   #  #    #   #    #          #     #  ",
     " ###   ###  #####  ###     #   ###   ###   #     ###   ##           #     #  ",
     "                                                                   #         "),
]

_WIDTH, _HEIGHT, _ADVANCE = 5, 8, 6


def _letters():
    letters = {" ": numpy.zeros((_HEIGHT, _WIDTH), bool)}
    for text, *rows in _DRAWN:
        drawn = numpy.array([[mark == "#" for mark in row.ljust(_ADVANCE * len(text))] for row in rows])
        for place, letter in enumerate(text):
            letters[letter] = drawn[:, place * _ADVANCE : place * _ADVANCE + _WIDTH]
    return letters


_LETTERS = _letters()


def text_width(text, scale=2):
    """Pixels from the left edge of the first letter to the right edge of the last."""
    return max(0, len(text) * _ADVANCE - 1) * scale


def draw_text(picture, row, col, text, scale=2, colour=(40, 40, 40)):
    """Draws a line of text into picture [row][col][3], its upper left corner at (row, col); too long a line is cut."""
    for letter in text.lower():
        marks = numpy.kron(_LETTERS.get(letter, _LETTERS["-"]), numpy.ones((scale, scale), bool))
        target = picture[row : row + marks.shape[0], col : col + marks.shape[1]]
        target[marks[: target.shape[0], : target.shape[1]]] = colour
        col += _ADVANCE * scale
